// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/runtime.h"

#include <QDateTime>

namespace lunargate {

Runtime::Runtime(std::shared_ptr<const Config> loaded, std::shared_ptr<RoundRobinState> turns)
    : config(std::move(loaded)),
      selector(config->modelSelection),
      router(config, std::move(turns)),
      providers(config->providers),
      keys(config->security),
      tokens(config->security.jwt),
      guard(config->server),
      trustedProxies(config->server.trustedProxies),
      fetchedModels(std::make_unique<FetchedModels>()),
      m_loadedAt(QDateTime::currentSecsSinceEpoch())
{
}

} // namespace lunargate
