// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/identify_caller.h"

#include "gateway/config/reserved_names.h"
#include "gateway/limits/client_address.h"
#include "gateway/pipeline/admin_access.h"
#include "gateway/security/credential.h"
#include "gateway/security/failed_attempts.h"
#include "gateway/security/recent_credentials.h"

#include <algorithm>

namespace lunargate {

namespace {

using Identity = std::expected<KnownCaller, TokenVerifier::Refusal>;
using Credential = std::expected<QByteArray, CredentialProblem>;

std::unexpected<TokenVerifier::Refusal> refusal(ErrorKind kind, const char *reason, const QByteArray &message)
{
    return std::unexpected(TokenVerifier::Refusal{{.kind = kind, .reason = reason, .message = message}});
}

std::unexpected<TokenVerifier::Refusal> missingCredential(const SecurityConfig &security)
{
    const bool isToken = security.provider == AuthProvider::Jwt;
    const QByteArray prefix = security.prefix.isEmpty() ? QByteArray() : security.prefix + ' ';
    return refusal(ErrorKind::MissingKey, isToken ? "missing_token" : "missing_api_key",
                   (isToken ? "missing token; send it as '" : "missing API key; send it as '") + security.header +
                       ": " + prefix + (isToken ? "TOKEN'" : "KEY'"));
}

// Refused like a wrong one, and never looked up.
std::unexpected<TokenVerifier::Refusal> malformedCredential(const SecurityConfig &security)
{
    const bool isToken = security.provider == AuthProvider::Jwt;
    return refusal(ErrorKind::InvalidKey, isToken ? "invalid_token" : "invalid_api_key",
                   "the header " + security.header + " holds no " + (isToken ? "token" : "API key") + "; send '" +
                       (security.prefix.isEmpty() ? QByteArray() : security.prefix + ' ') +
                       (isToken ? "TOKEN'" : "KEY'"));
}

bool asksForTokens(const Runtime &runtime)
{
    return runtime.publicKeys != nullptr;
}

/// Whether what a request shows may be compared. While the answers to an address's guesses wait, further ones are
/// compared only now and then; what was right of late is no guess.
class Comparison
{
public:
    Comparison(const Runtime &runtime, Services &services, const HttpRequest &request)
        : m_runtime(runtime), m_services(services), m_request(request)
    {
    }

    /// Takes the address's turn, once for all that the request shows.
    bool isAllowed(const QByteArray &credential)
    {
        if (m_services.failedAttempts->size() == 0 || m_services.recentCredentials->contains(credential))
            return true;
        if (!m_isTurn)
            m_isTurn = takeTurn();
        return *m_isTurn;
    }

private:
    bool takeTurn() const
    {
        const QByteArray address = clientAddress(m_request.peer, m_request.headers, m_runtime.trustedProxies);
        return m_services.failedAttempts->mayCompare(networkOf(address), m_runtime.config->security.slowDown,
                                                     Clock::now());
    }

    const Runtime &m_runtime;
    Services &m_services;
    const HttpRequest &m_request;
    std::optional<bool> m_isTurn;
};

Identity identifyByCredential(const Runtime &runtime, Services &services, const HttpRequest &request,
                              Comparison &comparison)
{
    const SecurityConfig &security = runtime.config->security;
    const Credential credential = shownCredential(security, request.headers);
    if (!credential && credential.error() == CredentialProblem::Missing)
        return missingCredential(security);
    if (!credential)
        return malformedCredential(security);
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    if (asksForTokens(runtime)) // a signature cannot be guessed
        return runtime.tokens.verify(*credential, runtime.publicKeys->current(), now);
    if (!comparison.isAllowed(*credential))
        return std::unexpected(TokenVerifier::Refusal{tooManyFailures(security)});
    Result<KnownCaller> caller = runtime.keys.find(*credential, now);
    if (!caller)
        return std::unexpected(TokenVerifier::Refusal{std::move(caller.error())});
    services.recentCredentials->add(*credential); // at once: it is asked for again when its body has come
    return *std::move(caller);
}

// A proxy on the gateway's own machine speaks for others.
bool isFromThisMachine(const Runtime &runtime, const HttpRequest &request)
{
    static constexpr QByteArrayView kForwarded[] = {"Forwarded", "X-Forwarded-For", "X-Real-IP", "Via"};
    const bool isForwarded =
        std::ranges::any_of(kForwarded, [&](QByteArrayView name) { return request.headers.contains(name); });
    return request.peer.isLoopback() && !isForwarded && !runtime.trustedProxies.contains(request.peer);
}

std::unexpected<TokenVerifier::Refusal> adminRequired(const Runtime &runtime)
{
    const SecurityConfig &security = runtime.config->security;
    QByteArray message = "this key may not use /admin; use one that has `admin: true`, or the admin token";
    if (asksForTokens(runtime) && security.jwt.adminClaim.isEmpty())
        message = "no token may use /admin but the admin token; or set security.jwt.admin_claim";
    else if (asksForTokens(runtime))
        message = "this token may not use /admin; it must have " + security.jwt.adminClaim;
    else if (!runtime.keys.hasAdmin())
        message = "no key may use /admin but the admin token; or add `admin: true` to one under security.api_key.keys";
    return refusal(ErrorKind::Forbidden, "admin_required", message);
}

// How the admin token is shown: not in the way that `security` may have made up for keys.
Credential shownAdminToken(const HttpRequest &request)
{
    static const SecurityConfig usual = {};
    return shownCredential(usual, request.headers);
}

std::unexpected<TokenVerifier::Refusal> noAdminToken(const Credential &shown, const AdminToken &token)
{
    if (token.value.isEmpty())
        return refusal(ErrorKind::Overloaded, "admin_token_missing",
                       "there is no admin token to compare with: " +
                           (token.problem.isEmpty() ? QByteArray("the gateway is starting") : token.problem));
    const QByteArray where = token.file.isEmpty() ? QByteArray("stands in the configuration (admin.token)")
                                                  : "is in the file " + token.file.toUtf8();
    if (!shown && shown.error() == CredentialProblem::Missing)
        return refusal(ErrorKind::MissingKey, "missing_admin_token",
                       "send 'Authorization: Bearer TOKEN' with the admin token, which " + where);
    return refusal(ErrorKind::InvalidKey, "invalid_admin_token", "this is not the admin token, which " + where);
}

Identity identifyAdmin(const Runtime &runtime, Services &services, const HttpRequest &request)
{
    const SecurityConfig &security = runtime.config->security;
    Comparison comparison(runtime, services, request);
    bool isUnknown = false; // whether it is the admin token
    if (isFromThisMachine(runtime, request)) {
        const Credential shown = shownAdminToken(request);
        const std::shared_ptr<const AdminToken> token = services.adminAccess->token();
        const bool isAllowed = !shown || comparison.isAllowed(*shown);
        if (shown && isAllowed && token->matches(*shown)) {
            services.recentCredentials->add(*shown);
            return KnownCaller{.name = kAdminTokenCaller, .kind = CredentialKind::AdminToken};
        }
        isUnknown = shown && !isAllowed;
        if (!security.enabled && !isAllowed)
            return std::unexpected(TokenVerifier::Refusal{tooManyFailures(security)});
        if (!security.enabled)
            return noAdminToken(shown, *token);
    }
    if (!security.enabled)
        return refusal(ErrorKind::Forbidden, "admin_not_local",
                       "without `security`, /admin answers only clients on the gateway's own machine; give a key "
                       "`admin: true` to use it from elsewhere");
    Identity caller = identifyByCredential(runtime, services, request, comparison);
    if (!caller && isUnknown && caller.error().error.kind == ErrorKind::InvalidKey)
        return std::unexpected(TokenVerifier::Refusal{tooManyFailures(security)});
    if (caller && !(caller->rights && caller->rights->isAdmin))
        return adminRequired(runtime);
    return caller;
}

// It shows no key, and is no administrator with or without `security`.
Identity identifyBuiltIn(const HttpRequest &request, Role role)
{
    if (role == Role::Admin)
        return refusal(ErrorKind::Forbidden, "admin_required", "the gateway's own requests may not use /admin");
    return KnownCaller{.name = request.builtInCaller, .kind = CredentialKind::BuiltIn};
}

} // namespace

Error tooManyFailures(const SecurityConfig &security)
{
    const QByteArray what = security.provider == AuthProvider::Jwt ? "tokens" : "keys";
    return {.kind = ErrorKind::RateLimited,
            .reason = "too_many_failed_attempts",
            .message =
                "many wrong " + what + " come from your address, so that others must wait; send the request again",
            .retryAfter = std::chrono::seconds(1)};
}

Identity identifyCaller(const Runtime &runtime, Services &services, const HttpRequest &request, Role role)
{
    if (!request.builtInCaller.isEmpty())
        return identifyBuiltIn(request, role);
    if (role == Role::Admin)
        return identifyAdmin(runtime, services, request);
    if (role == Role::Public || !runtime.config->security.enabled)
        return KnownCaller{};
    Comparison comparison(runtime, services, request);
    return identifyByCredential(runtime, services, request, comparison);
}

} // namespace lunargate
