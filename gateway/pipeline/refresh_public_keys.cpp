// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/refresh_public_keys.h"

#include "gateway/observability/logging.h"
#include "gateway/security/fetch_public_keys.h"
#include "gateway/security/public_key_stores.h"

namespace lunargate {

namespace {

void logOutcome(const SecurityConfig::Jwt &settings, const Result<PublicKeys> &keys)
{
    const QByteArray &place = settings.jwksFile.isEmpty() ? settings.jwksUrl : settings.jwksFile;
    if (keys)
        logEvent(securityLog(), LogLevel::Debug, "public keys read",
                 {{"place", place}, {"keys", static_cast<qint64>(keys->size())}});
    else
        logEvent(securityLog(), LogLevel::Warning, "public keys for tokens not read; those from before stay for a day",
                 {{"place", place},
                  {"error", keys.error().reason},
                  {"text", keys.error().message},
                  {"detail", keys.error().detail}});
}

// `store` and `runtime` are kept while this runs.
Task<> readKeys([[maybe_unused]] std::shared_ptr<PublicKeyStore> store, std::shared_ptr<const Runtime> runtime,
                Transport &network, PublicKeyStore::Claim claim)
{
    const SecurityConfig::Jwt &settings = runtime->config->security.jwt;
    Result<PublicKeys> keys = std::unexpected(Error());
    if (settings.jwksFile.isEmpty())
        keys = co_await fetchPublicKeys(settings, network);
    else
        keys = readPublicKeyFile(settings);
    logOutcome(settings, keys);
    if (keys)
        claim.succeed(*std::move(keys));
    else
        claim.fail();
}

} // namespace

PublicKeyRefresh::PublicKeyRefresh(std::shared_ptr<const Runtime> runtime, Services &services, Transport &network,
                                   BackgroundTasks &background)
    : m_runtime(std::move(runtime)),
      m_network(network),
      m_background(background),
      m_store(services.publicKeys->of(m_runtime->config->security.jwt))
{
}

void PublicKeyRefresh::startIfOld()
{
    start(m_store->claimRefresh(m_runtime->config->security.jwt.jwksRefresh));
}

void PublicKeyRefresh::startForUnknownKey()
{
    start(m_store->claimNewer());
}

bool PublicKeyRefresh::isRunning() const
{
    return m_store->isBeingFetched();
}

Task<> PublicKeyRefresh::outcome()
{
    return m_store->outcome(deadlineIn(m_runtime->config->security.jwt.timeout));
}

void PublicKeyRefresh::start(std::optional<PublicKeyStore::Claim> claim)
{
    if (claim)
        m_background.start(readKeys(m_store, m_runtime, m_network, *std::move(claim)));
}

} // namespace lunargate
