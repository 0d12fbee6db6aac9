// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/providers/openai/openai_provider.h"
#include "gateway/providers/simulator/simulator_transport.h"

namespace lunargate {

/// `type: simulator`: speaks OpenAI's protocol with a transport that answers inside the process.
class SimulatorProvider : public OpenAiProvider
{
public:
    explicit SimulatorProvider(const ProviderConfig &config);
    /// Calls the service of `original`, as `config` says.
    SimulatorProvider(const ProviderConfig &config, const SimulatorProvider &original);

    PreparedCall passthroughCall(const PassthroughRequest &request, const QByteArray &model) const override;
    std::unique_ptr<UpstreamCall> send(Transport &network, UpstreamRequest request) const override;

private:
    std::shared_ptr<SimulatorTransport> m_transport; // send() changes nothing in it but an atomic counter
};

} // namespace lunargate
