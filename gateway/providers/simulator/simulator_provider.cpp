// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/simulator/simulator_provider.h"

namespace lunargate {

namespace {

// The transport looks at paths only; a name that nothing can resolve shows that no network is meant.
ProviderConfig withBaseUrl(ProviderConfig config)
{
    config.baseUrl = "http://simulator.invalid/v1";
    return config;
}

std::vector<QByteArray> modelsOf(const ProviderConfig &config)
{
    std::vector<QByteArray> models = config.models.staticModels;
    if (!config.defaultModel.isEmpty())
        models.push_back(config.defaultModel);
    return models;
}

} // namespace

SimulatorProvider::SimulatorProvider(const ProviderConfig &config)
    : OpenAiProvider(withBaseUrl(config)),
      m_transport(std::make_shared<SimulatorTransport>(
          config.simulator, modelsOf(config), std::make_shared<simulator::FaultSequence>(config.simulator.statuses)))
{
}

SimulatorProvider::SimulatorProvider(const ProviderConfig &config, const SimulatorProvider &original)
    : OpenAiProvider(withBaseUrl(config)), m_transport(original.m_transport)
{
}

PreparedCall SimulatorProvider::passthroughCall(const PassthroughRequest &request, const QByteArray &model) const
{
    return Provider::passthroughCall(request, model); // it simulates chat and embeddings
}

std::unique_ptr<UpstreamCall> SimulatorProvider::send(Transport &, UpstreamRequest request) const
{
    return m_transport->send(std::move(request));
}

} // namespace lunargate
