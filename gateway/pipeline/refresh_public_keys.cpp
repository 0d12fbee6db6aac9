// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/refresh_public_keys.h"

#include "gateway/observability/logging.h"
#include "gateway/security/fetch_public_keys.h"
#include "gateway/security/public_key_stores.h"

namespace lunargate {

namespace {

using KeyClaim = std::optional<PublicKeyStore::Claim>;

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
Task<> readKeys(std::shared_ptr<PublicKeyStore> store, std::shared_ptr<const Runtime> runtime, Transport &network,
                PublicKeyStore::Claim claim)
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

void readKeysIf(RequestContext &context, const std::shared_ptr<PublicKeyStore> &store, KeyClaim claim)
{
    if (claim)
        context.background.start(readKeys(store, context.runtime, context.network, *std::move(claim)));
}

} // namespace

void refreshPublicKeys(RequestContext &context)
{
    const SecurityConfig::Jwt &settings = context.runtime->config->security.jwt;
    const std::shared_ptr<PublicKeyStore> store = context.services.publicKeys->of(settings);
    readKeysIf(context, store, store->claimRefresh(settings.jwksRefresh));
}

Task<> learnPublicKeys(RequestContext &context)
{
    const SecurityConfig::Jwt &settings = context.runtime->config->security.jwt;
    const std::shared_ptr<PublicKeyStore> store = context.services.publicKeys->of(settings);
    readKeysIf(context, store, store->claimNewer());
    co_await store->outcome(deadlineIn(settings.timeout));
}

} // namespace lunargate
