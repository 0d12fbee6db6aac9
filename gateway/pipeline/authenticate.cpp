// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/authenticate.h"

#include "gateway/async/event.h"
#include "gateway/limits/client_address.h"
#include "gateway/security/credential.h"
#include "gateway/security/failed_attempts.h"

#include <algorithm>

namespace lunargate {

namespace {

std::unexpected<Error> refusal(ErrorKind kind, const char *reason, const QByteArray &message)
{
    return std::unexpected(Error{.kind = kind, .reason = reason, .message = message});
}

std::unexpected<Error> missingKey(const SecurityConfig &security)
{
    const QByteArray prefix = security.prefix.isEmpty() ? QByteArray() : security.prefix + ' ';
    return refusal(ErrorKind::MissingKey, "missing_api_key",
                   "missing API key; send it as '" + security.header + ": " + prefix + "KEY'");
}

Result<KnownCaller> findCaller(const Runtime &runtime, const HttpRequest &request)
{
    const SecurityConfig &security = runtime.config->security;
    const auto credential = shownCredential(security, request.headers);
    if (!credential && credential.error() == CredentialProblem::Missing)
        return missingKey(security);
    if (!credential)
        return refusal(ErrorKind::InvalidKey, "invalid_api_key", "invalid API key");
    return runtime.keys.find(*credential, std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()));
}

// Without keys the gateway's own machine is all that tells its administrator from others.
Result<KnownCaller> findLocalAdmin(const HttpRequest &request)
{
    static constexpr QByteArrayView kForwarded[] = {"Forwarded", "X-Forwarded-For", "X-Real-IP", "Via"};
    const bool isForwarded =
        std::ranges::any_of(kForwarded, [&](QByteArrayView name) { return request.headers.contains(name); });
    if (request.peer.isLoopback() && !isForwarded)
        return KnownCaller{};
    return refusal(ErrorKind::Forbidden, "admin_not_local",
                   "without `security`, /admin answers only clients on the gateway's own machine; give a key "
                   "`admin: true` to use it from elsewhere");
}

std::unexpected<Error> adminRequired(const Runtime &runtime)
{
    return refusal(ErrorKind::Forbidden, "admin_required",
                   runtime.keys.hasAdmin() ? "this key may not use /admin; use one that has `admin: true`"
                                           : "no key may use /admin; add `admin: true` to one under "
                                             "security.api_key.keys");
}

// Somebody who shows an expired key knows a key: that is no attempt to guess one.
bool isGuess(const Error &error)
{
    return error.kind == ErrorKind::InvalidKey && error.reason == "invalid_api_key";
}

// The error that the client gets, when it shall get it.
Task<Error> holdBack(RequestContext &context, Error error)
{
    const SecurityConfig::SlowDown &settings = context.runtime->config->security.slowDown;
    FailedAttempts::Penalty penalty =
        context.services.failedAttempts->fail(networkOf(context.caller.address), settings, Clock::now());
    if (penalty.wait <= milliseconds(0))
        co_return error;
    if (!penalty.place)
        co_return Error{.kind = ErrorKind::RateLimited,
                        .reason = "too_many_failed_attempts",
                        .message = "too many wrong keys came from your address; set the right one, and try again later",
                        .retryAfter = penalty.wait};
    context.exchange.request.body.clear(); // nobody will read it
    co_await SleepUntil(Clock::now() + penalty.wait);
    co_return error;
}

} // namespace

Result<KnownCaller> identifyCaller(const Runtime &runtime, const HttpRequest &request, Role role)
{
    if (role == Role::Public)
        return KnownCaller{};
    if (!runtime.config->security.enabled)
        return role == Role::Admin ? findLocalAdmin(request) : KnownCaller{};
    Result<KnownCaller> caller = findCaller(runtime, request);
    if (caller && role == Role::Admin && !(caller->rights && caller->rights->isAdmin))
        return adminRequired(runtime);
    return caller;
}

Task<Result<void>> authenticate(RequestContext &context, Role role)
{
    Result<KnownCaller> caller = identifyCaller(*context.runtime, context.exchange.request, role);
    if (!caller && isGuess(caller.error()))
        co_return std::unexpected(co_await holdBack(context, std::move(caller.error())));
    if (!caller)
        co_return std::unexpected(std::move(caller.error()));
    if (!caller->name.isEmpty() && context.services.failedAttempts->size() > 0)
        context.services.failedAttempts->succeed(networkOf(context.caller.address));
    context.record.caller = caller->name;
    context.caller.name = std::move(caller->name);
    context.caller.rights = std::move(caller->rights);
    co_return Result<void>();
}

} // namespace lunargate
