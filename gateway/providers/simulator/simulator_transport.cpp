// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/simulator/simulator_transport.h"

#include "gateway/providers/simulator/simulator_call.h"

namespace lunargate {

SimulatorTransport::SimulatorTransport(SimulatorConfig config, std::vector<QByteArray> models,
                                       std::shared_ptr<simulator::FaultSequence> statuses,
                                       simulator::UnknownModels unknownModels)
    : m_config(std::move(config)), m_models{std::move(models), unknownModels}, m_statuses(std::move(statuses))
{
    Q_ASSERT(m_statuses);
}

std::unique_ptr<UpstreamCall> SimulatorTransport::send(UpstreamRequest request)
{
    return std::make_unique<simulator::SimulatorCall>(simulator::respond(request, m_models, m_config, *m_statuses),
                                                      m_config);
}

} // namespace lunargate
