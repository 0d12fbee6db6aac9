// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/runtime.h"

#include "gateway/pipeline/services.h"
#include "gateway/security/public_key_stores.h"

#include <QDateTime>

namespace lunargate {

namespace {

bool asksForTokens(const SecurityConfig &security)
{
    return security.enabled && security.provider == AuthProvider::Jwt;
}

} // namespace

Runtime::Runtime(std::shared_ptr<const Config> loaded, const Services &services)
    : config(std::move(loaded)),
      selector(config->modelSelection),
      router(config, services.turns, services.loads),
      providers(*config),
      providerVersions(*config),
      prices(*config),
      keys(*config),
      tokens(config->security.jwt),
      publicKeys(asksForTokens(config->security) ? services.publicKeys->of(config->security.jwt) : nullptr),
      guard(config->server),
      trustedProxies(config->server.trustedProxies),
      fetchedModels(std::make_unique<FetchedModels>()),
      m_loadedAt(QDateTime::currentSecsSinceEpoch())
{
}

} // namespace lunargate
