// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/authenticate.h"

#include "gateway/async/event.h"
#include "gateway/limits/client_address.h"
#include "gateway/pipeline/refresh_public_keys.h"
#include "gateway/security/credential.h"
#include "gateway/security/failed_attempts.h"
#include "gateway/security/recent_credentials.h"

#include <algorithm>

namespace lunargate {

namespace {

using Identity = std::expected<KnownCaller, TokenVerifier::Refusal>;

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

// Says nothing about the one that was shown: it may not have been compared.
Error tooManyFailures(const SecurityConfig &security)
{
    const QByteArray what = security.provider == AuthProvider::Jwt ? "tokens" : "keys";
    return {.kind = ErrorKind::RateLimited,
            .reason = "too_many_failed_attempts",
            .message =
                "many wrong " + what + " come from your address, so that others must wait; send the request again",
            .retryAfter = std::chrono::seconds(1)};
}

// While the answers to an address's guesses wait, further ones are compared only now and then. What was right of late
// is no guess.
bool mayBeCompared(const Runtime &runtime, Services &services, const HttpRequest &request, const QByteArray &key)
{
    if (services.failedAttempts->size() == 0 || services.recentCredentials->contains(key))
        return true;
    const QByteArray address = clientAddress(request.peer, request.headers, runtime.trustedProxies);
    return services.failedAttempts->mayCompare(networkOf(address), runtime.config->security.slowDown, Clock::now());
}

Identity identifyByCredential(const Runtime &runtime, Services &services, const HttpRequest &request)
{
    const SecurityConfig &security = runtime.config->security;
    const auto credential = shownCredential(security, request.headers);
    if (!credential && credential.error() == CredentialProblem::Missing)
        return missingCredential(security);
    if (!credential)
        return malformedCredential(security);
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    if (asksForTokens(runtime)) // a signature cannot be guessed
        return runtime.tokens.verify(*credential, runtime.publicKeys->current(), now);
    if (!mayBeCompared(runtime, services, request, *credential))
        return std::unexpected(TokenVerifier::Refusal{tooManyFailures(security)});
    Result<KnownCaller> caller = runtime.keys.find(*credential, now);
    if (!caller)
        return std::unexpected(TokenVerifier::Refusal{std::move(caller.error())});
    services.recentCredentials->add(*credential); // at once: it is asked for again when its body has come
    return *std::move(caller);
}

// It shows no key, and is no administrator with or without `security`.
Identity identifyBuiltIn(const HttpRequest &request, Role role)
{
    if (role == Role::Inference)
        return KnownCaller{.name = request.builtInCaller, .kind = CredentialKind::BuiltIn};
    return refusal(ErrorKind::Forbidden, "admin_required", "the gateway's own requests may not use /admin");
}

// Without keys the gateway's own machine is all that tells its administrator from others. A proxy on it speaks for
// them.
Identity identifyLocalAdmin(const Runtime &runtime, const HttpRequest &request)
{
    static constexpr QByteArrayView kForwarded[] = {"Forwarded", "X-Forwarded-For", "X-Real-IP", "Via"};
    const bool isForwarded =
        std::ranges::any_of(kForwarded, [&](QByteArrayView name) { return request.headers.contains(name); });
    if (request.peer.isLoopback() && !isForwarded && !runtime.trustedProxies.contains(request.peer))
        return KnownCaller{};
    return refusal(ErrorKind::Forbidden, "admin_not_local",
                   "without `security`, /admin answers only clients on the gateway's own machine; give a key "
                   "`admin: true` to use it from elsewhere");
}

std::unexpected<TokenVerifier::Refusal> adminRequired(const Runtime &runtime)
{
    const SecurityConfig &security = runtime.config->security;
    QByteArray message = "this key may not use /admin; use one that has `admin: true`";
    if (asksForTokens(runtime) && security.jwt.adminClaim.isEmpty())
        message = "no token may use /admin; set security.jwt.admin_claim";
    else if (asksForTokens(runtime))
        message = "this token may not use /admin; it must have " + security.jwt.adminClaim;
    else if (!runtime.keys.hasAdmin())
        message = "no key may use /admin; add `admin: true` to one under security.api_key.keys";
    return refusal(ErrorKind::Forbidden, "admin_required", message);
}

PublicKeyRefresh refreshOf(RequestContext &context)
{
    return {context.runtime, context.network, context.background};
}

// Whether identifyCaller() may come to another end now. Checking a signature is dear.
bool hasOtherKeys(const Runtime &runtime, const TokenVerifier::Refusal &refusal)
{
    return runtime.publicKeys->current().version != refusal.keysVersion;
}

// Somebody who shows an expired key knows a key: that is no attempt to guess one.
bool isGuess(const Error &error)
{
    return error.kind == ErrorKind::InvalidKey &&
           (error.reason == "invalid_api_key" || error.reason == "invalid_token");
}

// The error that the client gets, when it shall get it.
Task<Error> holdBack(RequestContext &context, Error error)
{
    const SecurityConfig &security = context.runtime->config->security;
    FailedAttempts::Penalty penalty =
        context.services.failedAttempts->fail(networkOf(context.caller.address), security.slowDown, Clock::now());
    if (penalty.wait <= std::chrono::milliseconds(0))
        co_return error;
    if (!penalty.place)
        co_return tooManyFailures(security);
    context.exchange.request.body.clear(); // nobody will read it
    co_await SleepUntil(Clock::now() + penalty.wait);
    co_return error;
}

} // namespace

Identity identifyCaller(const Runtime &runtime, Services &services, const HttpRequest &request, Role role)
{
    if (role == Role::Public)
        return KnownCaller{};
    if (!request.builtInCaller.isEmpty())
        return identifyBuiltIn(request, role);
    if (!runtime.config->security.enabled)
        return role == Role::Admin ? identifyLocalAdmin(runtime, request) : KnownCaller{};
    Identity caller = identifyByCredential(runtime, services, request);
    if (caller && role == Role::Admin && !(caller->rights && caller->rights->isAdmin))
        return adminRequired(runtime);
    return caller;
}

bool mayPass(const std::shared_ptr<const Runtime> &runtime, const Gatekeeper &worker, HttpRequest &request, Role role)
{
    const Identity caller = identifyCaller(*runtime, worker.services, request, role);
    if (caller || !caller.error().isKeyUnknown)
        return caller.has_value();
    PublicKeyRefresh refresh(runtime, worker.network, worker.background);
    refresh.startForUnknownKey();
    if (refresh.isRunning()) {
        request.place = worker.pending.admit();
        return request.place != nullptr;
    }
    return hasOtherKeys(*runtime, caller.error()) && // a file is read at once
           identifyCaller(*runtime, worker.services, request, role).has_value();
}

Task<Result<void>> authenticate(RequestContext &context, Role role)
{
    if (role != Role::Public && asksForTokens(*context.runtime))
        refreshOf(context).startIfOld();
    const HttpRequest &request = context.exchange.request;
    Identity caller = identifyCaller(*context.runtime, context.services, request, role);
    if (!caller && caller.error().isKeyUnknown) {
        PublicKeyRefresh refresh = refreshOf(context);
        refresh.startForUnknownKey();
        const TimePoint begin = Clock::now();
        co_await refresh.outcome();
        context.record.noteWait(Clock::now() - begin);
        if (hasOtherKeys(*context.runtime, caller.error()))
            caller = identifyCaller(*context.runtime, context.services, request, role);
    }
    context.exchange.request.place.reset(); // it is known now whether the body may be held
    if (!caller && isGuess(caller.error().error))
        co_return std::unexpected(co_await holdBack(context, std::move(caller.error().error)));
    if (!caller)
        co_return std::unexpected(std::move(caller.error().error));
    if (request.isBodyMissing) // the keys that it needs came only now
        co_return std::unexpected(Error{.kind = ErrorKind::Overloaded,
                                        .reason = "public_keys_missing",
                                        .message = "the public keys were being fetched; send the request again",
                                        .retryAfter = std::chrono::seconds(1)});
    if (!caller->name.isEmpty() && context.services.failedAttempts->size() > 0)
        context.services.failedAttempts->succeed(networkOf(context.caller.address));
    context.record.caller = caller->name;
    context.caller.name = std::move(caller->name);
    context.caller.kind = caller->kind;
    context.caller.rights = std::move(caller->rights);
    co_return Result<void>();
}

} // namespace lunargate
