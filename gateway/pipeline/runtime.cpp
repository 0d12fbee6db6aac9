// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/runtime.h"

#include "gateway/pipeline/services.h"

#include <QDateTime>

namespace lunargate {

Runtime::Runtime(std::shared_ptr<const Config> loaded, const Services &services)
    : config(std::move(loaded)),
      selector(config->modelSelection),
      router(config, services.turns, services.loads),
      providers(*config),
      providerVersions(*config),
      prices(*config),
      keys(config->security),
      tokens(config->security.jwt),
      guard(config->server),
      trustedProxies(config->server.trustedProxies),
      fetchedModels(std::make_unique<FetchedModels>()),
      m_loadedAt(QDateTime::currentSecsSinceEpoch())
{
}

} // namespace lunargate
