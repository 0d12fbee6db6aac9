// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/security/public_keys.h"
#include "gateway/security/token_claims.h"
#include "gateway/security/token_reader.h"
#include "tests/fuzz/fuzz_check.h"

namespace {

using namespace lunargate;

SecurityConfig::Jwt rules()
{
    SecurityConfig::Jwt rules;
    rules.adminClaim = "realm.roles=boss";
    return rules;
}

} // namespace

// A token that nobody signed, from its bytes to its claims, and the same bytes as a key set.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const SecurityConfig::Jwt kRules = rules();
    constexpr std::chrono::sys_seconds now{std::chrono::seconds(1'800'000'000)};
    const QByteArrayView bytes = fuzz::view(data, size);

    const Result<ReadToken> token = readToken(bytes);
    fuzz::require(token || token.error().kind == ErrorKind::InvalidKey, "what is no token is refused as one");
    if (token) {
        fuzz::require(!token->algorithm.isNull() && token->claims.root().isObject(), "a token has its parts");
        const Result<TokenCaller> caller = checkClaims(token->claims.root(), kRules, now);
        fuzz::require(!caller || (!caller->name.isEmpty() && caller->expires > now - std::chrono::hours(1)),
                      "whoever is let in has a name and time left");
    }

    const Result<PublicKeys> keys = PublicKeys::read(bytes);
    fuzz::require(!keys || keys->size() > 0, "a key set has keys");
    if (keys)
        fuzz::require(!keys->haveSigned(bytes.toByteArray(), "ES256", {}), "a key set is no token");
    return 0;
}
