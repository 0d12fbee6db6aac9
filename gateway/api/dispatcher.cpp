// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api/dispatcher.h"

#include "gateway/dialects/passthrough/form_headers.h"
#include "gateway/observability/logging.h"
#include "gateway/pipeline/limit_request.h"

namespace lunargate {

namespace {

Error notFound(QByteArrayView method, QByteArrayView path)
{
    return {.kind = ErrorKind::NotFound,
            .reason = "unknown_path",
            .message = "there is no " + method.toByteArray() + ' ' + path.toByteArray() +
                       " here; OpenAI clients need the base URL to end in /v1"};
}

Error methodNotAllowed(QByteArrayView method, QByteArrayView path, const QByteArray &allowed)
{
    return {.kind = ErrorKind::MethodNotAllowed,
            .reason = "method_not_allowed",
            .message = path.toByteArray() + " does not answer " + method.toByteArray() + "; it answers " + allowed};
}

// Nobody has shown a key here, so that nothing is read that is not needed.
Error unexpectedBody(QByteArrayView path)
{
    return {.kind = ErrorKind::PayloadTooLarge,
            .reason = "unexpected_body",
            .message = path.toByteArray() + " takes no request body; send none"};
}

Error paused()
{
    return {.kind = ErrorKind::Overloaded,
            .reason = "gateway_paused",
            .message = "somebody has paused the gateway; resume it in its tray menu or window, then send this again",
            .retryAfter = std::chrono::seconds(10)};
}

// Without `security` /admin is for this machine alone: no page in the browser of whoever sits at it may even try.
Result<void> checkAdminPage(const Runtime &runtime, const HttpRequest &request, const Endpoint &endpoint)
{
    const bool isOpen = endpoint.role == Role::Admin && !runtime.config->security.enabled;
    return isOpen ? runtime.guard.checkAdmin(request) : Result<void>();
}

void setCorsHeaders(const QByteArray &origin, ResponseWriter &response)
{
    if (origin.isEmpty())
        return;
    response.setHeader("Access-Control-Allow-Origin", origin);
    response.setHeader("Access-Control-Expose-Headers",
                       "X-Request-Id, X-LunarGate-Request-ID, X-LunarGate-Route, X-LunarGate-Provider, "
                       "X-LunarGate-Model, X-LunarGate-Attempts, X-LunarGate-Latency-Ms, "
                       "X-LunarGate-Overhead-Duration-Ms, X-LunarGate-Error-Source, "
                       "X-LunarGate-Dropped-Params, X-LunarGate-Fallback-Used, X-LunarGate-Upstream-Request-ID, "
                       "X-LunarGate-Cache-Status, X-LunarGate-Cost-USD, X-LunarGate-Cost-Saved-USD, Age, "
                       "X-LunarGate-Hedged, X-Should-Retry, Retry-After, Retry-After-Ms, "
                       "X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Limit-Requests, "
                       "X-RateLimit-Limit-Tokens, X-RateLimit-Remaining-Requests, X-RateLimit-Remaining-Tokens, "
                       "X-RateLimit-Reset-Requests, X-RateLimit-Reset-Tokens, "
                       "Anthropic-RateLimit-Requests-Limit, Anthropic-RateLimit-Requests-Remaining, "
                       "Anthropic-RateLimit-Requests-Reset, Anthropic-RateLimit-Tokens-Limit, "
                       "Anthropic-RateLimit-Tokens-Remaining, Anthropic-RateLimit-Tokens-Reset, "
                       "OpenAI-Processing-Ms, Content-Disposition");
    response.setHeader("Vary", "Origin");
}

// What has no endpoint is told so in the words of those beside it.
void setDialectOf(RequestContext &context, QByteArrayView path)
{
    if (path.startsWith("/api/"))
        context.setDialect(ChatProtocol::Ollama);
}

bool hasForm(const HttpRequest &request)
{
    return passthrough::isForm(request.headers.value("Content-Type").value_or(QByteArray()));
}

void setEndpoint(RequestContext &context, const Endpoint &endpoint)
{
    context.setEndpoint(endpoint.name, endpoint.isModelCall, endpoint.path);
    context.setDialect(endpoint.dialect);
}

QByteArray clientAddressOf(const RequestContext &context)
{
    const HttpRequest &request = context.exchange.request;
    return clientAddress(request.peer, request.headers, context.runtime->trustedProxies);
}

// Nothing was counted yet, but whoever calls a limited path always learns how his limits stand.
void respondUncounted(RequestContext &context, const Error &error)
{
    const QByteArray path = canonicalPath(context.exchange.request.path());
    if (path.startsWith("/v1/") || path.startsWith("/api/"))
        tellLimits(context);
    context.respondError(error);
}

} // namespace

EndpointMatch Dispatcher::find(const Runtime &runtime, const HttpRequest &request) const
{
    ServedRoles served = m_port.served;
    served.admin = served.admin && runtime.config->admin.enabled;
    return findEndpoint(request.method, canonicalPath(request.path()), served);
}

Result<Admission> Dispatcher::admit(HttpRequest &request)
{
    const std::shared_ptr<const Runtime> runtime = m_shared.runtimes.current();
    if (Result<void> allowed = runtime->guard.check(request, m_port.isLoopbackOnly); !allowed)
        return std::unexpected(std::move(allowed.error()));
    const QByteArray path = canonicalPath(request.path());
    const EndpointMatch match = find(*runtime, request);
    if (!match.atPath)
        return std::unexpected(notFound(request.method, request.path()));
    if (!match.endpoint)
        return std::unexpected(methodNotAllowed(request.method, path, match.allowedMethods));
    if (match.endpoint->role == Role::Public)
        return std::unexpected(unexpectedBody(path));
    if (Result<void> allowed = checkAdminPage(*runtime, request, *match.endpoint); !allowed)
        return std::unexpected(std::move(allowed.error()));
    // Who may not go on is told so by handle(), which may take its time over it.
    const bool passes =
        mayPass(runtime, {m_shared.services, *m_network, m_background, m_pendingBodies}, request, match.endpoint->role);
    if (!passes)
        return Admission::WithoutBody;
    const bool isStreamed = match.endpoint->streamsForms && hasForm(request);
    return isStreamed ? Admission::Streamed : Admission::WithBody;
}

Task<> Dispatcher::handle(Exchange &exchange)
{
    RequestContext context(exchange, m_shared.runtimes.current(), *m_network, m_background, m_shared.services);
    const HttpRequest &request = exchange.request;
    context.caller.address = clientAddressOf(context);
    const BrowserGuard &guard = context.runtime->guard;
    setCorsHeaders(guard.allowedOrigin(request), exchange.response);
    const QByteArray path = canonicalPath(request.path());
    const EndpointMatch match = find(*context.runtime, request);
    const Result<void> allowed = guard.check(request, m_port.isLoopbackOnly);
    if (allowed && answerPreflight(context))
        co_return;
    setDialectOf(context, path);
    if (match.atPath)
        setEndpoint(context, *match.atPath);
    if (!allowed)
        co_return respondUncounted(context, allowed.error());

    if (path != request.path())
        qCDebug(httpLog) << "read" << request.path().toByteArray() << "as" << path;
    if (!match.atPath)
        co_return respondUncounted(context, notFound(request.method, request.path()));
    if (!match.endpoint) {
        exchange.response.setHeader("Allow", match.allowedMethods);
        co_return respondUncounted(context, methodNotAllowed(request.method, path, match.allowedMethods));
    }
    if (const Result<void> page = checkAdminPage(*context.runtime, request, *match.endpoint); !page)
        co_return context.respondError(page.error());
    if (const Result<void> access = co_await authenticate(context, match.endpoint->role); !access)
        co_return respondUncounted(context, access.error());
    if (match.endpoint->isModelCall && m_shared.status.isPaused.load(std::memory_order_relaxed))
        co_return context.respondError(paused());
    if (match.endpoint->isModelCall)
        context.beginModelCall(m_running, !isPassedThrough(*match.endpoint));
    if (match.endpoint->role == Role::Inference) {
        if (const Result<void> admitted = limitRequest(context, match.endpoint->isModelCall); !admitted)
            co_return context.respondError(admitted.error());
    }
    context.letIn();
    co_await answer(*match.endpoint, context);
}

// An exception is a fault of ours, or a lack of memory. It must not look like a client that left.
Task<> Dispatcher::answer(const Endpoint &endpoint, RequestContext &context) const
{
    try {
        co_await endpoint.answer(context, m_shared.status);
    } catch (const std::exception &exception) {
        logEvent(httpLog(), LogLevel::Error, "request failed by an exception",
                 {{"request_id", context.record.requestId}, {"text", exception.what()}});
        context.fail({.kind = ErrorKind::Internal,
                      .reason = "internal_error",
                      .message = "the gateway failed on this request; its log says why"});
    }
}

void Dispatcher::configurationApplied()
{
    if (!m_port.served.inference)
        return;
    std::vector<WarmTarget> targets;
    const std::shared_ptr<const Runtime> runtime = m_shared.runtimes.current();
    for (const ProviderConfig &provider : runtime->config->providers) {
        if (provider.warmConnections > 0)
            targets.push_back({.url = QUrl::fromEncoded(provider.baseUrl), .connections = provider.warmConnections});
    }
    m_network->keepWarm(targets);
}

void Dispatcher::refuse(Exchange &exchange, const Error &error)
{
    RequestContext context(exchange, m_shared.runtimes.current(), *m_network, m_background, m_shared.services);
    context.caller.address = clientAddressOf(context);
    setCorsHeaders(context.runtime->guard.allowedOrigin(exchange.request), exchange.response);
    const EndpointMatch match = find(*context.runtime, exchange.request);
    setDialectOf(context, canonicalPath(exchange.request.path()));
    if (match.atPath)
        setEndpoint(context, *match.atPath);
    if (error.kind == ErrorKind::MethodNotAllowed)
        exchange.response.setHeader("Allow", match.allowedMethods);
    respondUncounted(context, error);
}

// A browser asks before it lets a page of another origin call (WHATWG Fetch, "CORS-preflight request").
bool Dispatcher::answerPreflight(RequestContext &context)
{
    const HttpRequest &request = context.exchange.request;
    ResponseWriter &response = context.exchange.response;
    if (request.method != "OPTIONS" || context.runtime->guard.allowedOrigin(request).isEmpty())
        return false;
    response.setHeader("Access-Control-Allow-Methods", "GET, HEAD, POST, DELETE, OPTIONS");
    const auto headers = request.headers.value("Access-Control-Request-Headers");
    response.setHeader("Access-Control-Allow-Headers", headers.value_or("Authorization, Content-Type"));
    response.setHeader("Access-Control-Max-Age", "600");
    context.setEndpoint("preflight", false);
    context.respond(204, {}, {});
    return true;
}

} // namespace lunargate
