// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/refresh_public_keys.h"

#include "gateway/config/masked_url.h"
#include "gateway/observability/logging.h"
#include "gateway/security/fetch_public_keys.h"

namespace lunargate {

namespace {

void logOutcome(const SecurityConfig::Jwt &settings, const Result<PublicKeys> &keys)
{
    const QByteArray place = settings.jwksFile.isEmpty() ? maskedUrl(settings.jwksUrl) : settings.jwksFile;
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

// `runtime`, and with it the store, is kept while this runs.
Task<> readKeys(std::shared_ptr<const Runtime> runtime, Transport &network, PublicKeyStore::Claim claim)
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

PublicKeyRefresh::PublicKeyRefresh(std::shared_ptr<const Runtime> runtime, Transport &network,
                                   BackgroundTasks &background)
    : m_runtime(std::move(runtime)), m_network(network), m_background(background)
{
}

void PublicKeyRefresh::startIfOld()
{
    const SecurityConfig::Jwt &settings = m_runtime->config->security.jwt;
    if (!settings.jwksFile.isEmpty() && store().claimStamp())
        store().noteStamp(stampOfPublicKeyFile(settings));
    start(store().claimRefresh(settings.jwksRefresh));
}

void PublicKeyRefresh::startForUnknownKey()
{
    start(store().claimNewer());
}

Task<> PublicKeyRefresh::outcome()
{
    return store().outcome(deadlineIn(m_runtime->config->security.jwt.timeout));
}

void PublicKeyRefresh::start(std::optional<PublicKeyStore::Claim> claim)
{
    if (claim)
        m_background.start(readKeys(m_runtime, m_network, *std::move(claim)));
}

} // namespace lunargate
