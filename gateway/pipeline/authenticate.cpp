// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/authenticate.h"

#include "gateway/async/event.h"
#include "gateway/limits/client_address.h"
#include "gateway/pipeline/identify_caller.h"
#include "gateway/pipeline/refresh_public_keys.h"
#include "gateway/security/failed_attempts.h"

namespace lunargate {

namespace {

using Identity = std::expected<KnownCaller, TokenVerifier::Refusal>;

bool asksForTokens(const Runtime &runtime)
{
    return runtime.publicKeys != nullptr;
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
           (error.reason == "invalid_api_key" || error.reason == "invalid_token" ||
            error.reason == "invalid_admin_token");
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
    const bool hasShownAKey = !caller->name.isEmpty() && caller->kind != CredentialKind::BuiltIn;
    if (hasShownAKey && context.services.failedAttempts->size() > 0)
        context.services.failedAttempts->succeed(networkOf(context.caller.address));
    context.record.caller = caller->name;
    context.caller.name = std::move(caller->name);
    context.caller.kind = caller->kind;
    context.caller.rights = std::move(caller->rights);
    co_return Result<void>();
}

} // namespace lunargate
