// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api/circuits.h"

#include "gateway/api/query_parameters.h"
#include "gateway/api/time_text.h"
#include "gateway/config/scalar_text.h"
#include "gateway/json/text_writer.h"
#include "gateway/resilience/circuit_breakers.h"
#include "gateway/resilience/concurrency_slots.h"

namespace lunargate::api {

namespace {

constexpr QByteArrayView kCircuitsPath = "/admin/v1/circuits/";

enum class Action { Reset, Open, Probe };

/// What a request to change circuits asks for.
struct Order
{
    QByteArray name;
    Action action = Action::Reset;
    std::optional<milliseconds> duration;
};

void appendTime(json::TextWriter &json, QByteArrayView name, std::optional<CircuitView::WallClock> time)
{
    json.key(name);
    if (time)
        json.string(timeText(*time));
    else
        json.null();
}

void appendText(json::TextWriter &json, QByteArrayView name, const QByteArray &text)
{
    json.key(name);
    if (text.isEmpty())
        json.null();
    else
        json.string(text);
}

void appendLastError(json::TextWriter &json, const CircuitView &view)
{
    json.key("last_error");
    if (view.lastError.isEmpty()) {
        json.null();
        return;
    }
    json.beginObject().member("reason", view.lastError);
    json.key("status");
    if (view.lastStatus == 0)
        json.null();
    else
        json.integer(view.lastStatus);
    appendTime(json, "at", view.lastErrorAt);
    json.endObject();
}

void appendCircuit(json::TextWriter &json, const CircuitView &view)
{
    json.beginObject().member("provider", view.provider);
    appendText(json, "model", view.model);
    json.member("state", circuitStateName(view.state));
    appendTime(json, "since", view.since);
    appendText(json, "cause", view.cause);
    appendLastError(json, view);
    json.member("calls", view.counts.calls).member("failures", view.counts.failures);
    json.member("half_open_in_ms", view.untilHalfOpen.count());
    json.member("cooldown_ms", view.cooldown.count());
    const bool isCooling = view.cooldown > 0ms;
    appendTime(json, "cooldown_until",
               isCooling ? std::optional(std::chrono::system_clock::now() + view.cooldown) : std::nullopt);
    json.member("running_requests", view.runningRequests).endObject();
}

void appendQueue(json::TextWriter &json, const ConcurrencySlots::View &view)
{
    json.beginObject().member("provider", view.provider).member("limit", view.limit);
    json.member("running_calls", view.running).member("waiting_calls", view.waiting).endObject();
}

QByteArray listBody(const Services &services)
{
    json::TextWriter json;
    json.beginObject().member("object", "list").member("enabled", services.breakers->isEnabled());
    json.key("data").beginArray();
    for (const CircuitView &view : services.breakers->views(Clock::now()))
        appendCircuit(json, view);
    json.endArray().key("queues").beginArray();
    for (const ConcurrencySlots::View &view : services.slots->views())
        appendQueue(json, view);
    json.endArray().endObject();
    return std::move(json).text();
}

std::unexpected<Error> mistake(const char *reason, const QByteArray &message)
{
    return std::unexpected(Error{.kind = ErrorKind::InvalidRequest, .reason = reason, .message = message});
}

// The value of `for` in the target's query.
Result<std::optional<milliseconds>> readDuration(const QByteArray &target)
{
    const Result<QueryParameters> parameters = QueryParameters::read(target, {"for"});
    if (!parameters)
        return std::unexpected(parameters.error());
    const std::optional<QByteArray> value = parameters->value("for");
    if (!value)
        return std::nullopt;
    const auto duration = parseDuration(*value);
    if (!duration || *duration <= 0ms)
        return mistake("invalid_duration", "`for` must be a duration above 0, for example `?for=5m`");
    return *duration;
}

Result<Order> readOrder(const HttpRequest &request)
{
    const QByteArray path = canonicalPath(request.path()).sliced(kCircuitsPath.size());
    const qsizetype slash = path.lastIndexOf('/');
    Order order{.name = QByteArray::fromPercentEncoding(path.first(std::max<qsizetype>(slash, 0))), .duration = {}};
    const QByteArray action = path.sliced(slash + 1);
    if (order.name.isEmpty() || (action != "reset" && action != "open" && action != "probe"))
        return mistake("unknown_circuit_action", "a circuit's path ends in /reset, /open or /probe");
    if (action == "open") {
        order.action = Action::Open;
        Result<std::optional<milliseconds>> duration = readDuration(request.target);
        if (!duration)
            return std::unexpected(std::move(duration.error()));
        order.duration = *duration;
    } else if (action == "probe") {
        order.action = Action::Probe;
    }
    return order;
}

bool carryOut(const Order &order, CircuitBreakers &breakers)
{
    switch (order.action) {
    case Action::Reset:
        return breakers.reset(order.name);
    case Action::Open:
        return breakers.forceOpen(order.name, Clock::now(), order.duration);
    case Action::Probe:
        return breakers.forceHalfOpen(order.name);
    }
    Q_UNREACHABLE_RETURN(false);
}

} // namespace

Task<> listCircuits(RequestContext &context, const GatewayStatus &)
{
    context.respond(200, "application/json", listBody(context.services));
    co_return;
}

Task<> changeCircuit(RequestContext &context, const GatewayStatus &)
{
    const Result<Order> order = readOrder(context.exchange.request);
    if (!order)
        co_return context.respondError(order.error());
    CircuitBreakers &breakers = *context.services.breakers;
    if (!breakers.isEnabled())
        co_return context.respondError({.kind = ErrorKind::InvalidRequest,
                                        .reason = "circuit_breaker_disabled",
                                        .message = "`circuit_breaker.enabled` is false, so there are no circuits"});
    if (!carryOut(*order, breakers))
        co_return context.respondError(
            {.kind = ErrorKind::NotFound,
             .reason = "circuit_not_found",
             .message = "there is no circuit '" + order->name + "'; GET /admin/v1/circuits lists those there are"});
    context.respond(200, "application/json", listBody(context.services));
}

} // namespace lunargate::api
