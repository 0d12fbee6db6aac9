// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/config.h"
#include "gateway/providers/simulator/faults.h"
#include "gateway/providers/simulator/simulated_response.h"
#include "gateway/upstream/transport.h"

#include <QByteArray>

#include <memory>
#include <vector>

namespace lunargate {

/// An OpenAI-compatible provider inside the process: answers without a network, and fails when told to. It looks at the
/// path of a request only, so any base URL will do. See docs/simulator.md.
class SimulatorTransport : public Transport
{
public:
    /// `statuses` is shared by the transports of all workers for one provider of one configuration; it must not be
    /// null. `models` is what GET /models lists; if it is empty, UnknownModels::Refuse refuses nothing.
    SimulatorTransport(SimulatorConfig config, std::vector<QByteArray> models,
                       std::shared_ptr<simulator::FaultSequence> statuses,
                       simulator::UnknownModels unknownModels = simulator::UnknownModels::Accept);

    std::unique_ptr<UpstreamCall> send(UpstreamRequest request) override;

private:
    SimulatorConfig m_config;
    simulator::ModelList m_models;
    std::shared_ptr<simulator::FaultSequence> m_statuses;
};

} // namespace lunargate
