// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api/replay_request.h"

#include "gateway/api/curl_command.h"
#include "gateway/api/endpoints.h"
#include "gateway/config/reserved_names.h"
#include "gateway/json/splice.h"
#include "gateway/json/writer.h"
#include "gateway/routing/model_id.h"

#include <algorithm>

namespace lunargate {

namespace {

constexpr char kRouteHeader[] = "X-LunarGate-Route";
constexpr char kModelHeader[] = "X-LunarGate-Model";
constexpr char kProviderHeader[] = "X-LunarGate-Provider";

const Endpoint *endpointOf(const HistoryRecord &record)
{
    const auto found = std::ranges::find(endpoints(), QByteArrayView(record.endpoint), &Endpoint::name);
    const bool isKnown = found != endpoints().end() && found->isModelCall && found->method == "POST" && !found->hasTail;
    return isKnown ? &*found : nullptr;
}

// What a browser, a proxy or a tracer said of the call that it made.
bool belongsToCall(QByteArrayView name)
{
    static constexpr QByteArrayView kNames[] = {"Origin",    "Referer",     "Cookie",     "Forwarded", "Via",
                                                "X-Real-IP", "Traceparent", "Tracestate", "Baggage",   "X-Request-Id"};
    static constexpr QByteArrayView kPrefixes[] = {"sec-", "x-forwarded-", "access-control-"};
    const QByteArray lower = name.toByteArray().toLower();
    return belongsToConnection(name) ||
           std::ranges::any_of(kNames,
                               [&](QByteArrayView one) { return name.compare(one, Qt::CaseInsensitive) == 0; }) ||
           std::ranges::any_of(kPrefixes, [&](QByteArrayView prefix) { return lower.startsWith(prefix); });
}

QByteArray withModel(const QByteArray &body, QByteArrayView model)
{
    const json::Range object = json::wholeValue(body);
    json::Splice splice(body);
    splice.set(object, json::membersOf(body, object), "model", json::quoted(model));
    return splice.result();
}

std::unexpected<Error> impossible(const char *reason, const char *message)
{
    return std::unexpected(Error{.kind = ErrorKind::NotFound, .reason = reason, .message = message});
}

} // namespace

Result<HistoryMessage> replayableMessage(const HistoryRecord &record)
{
    if (!endpointOf(record))
        return impossible("endpoint_not_known", "this kind of request cannot be sent again");
    if (!record.messages || !(*record.messages)[HistoryPart::ClientRequest])
        return impossible("body_not_kept", "its body was not kept; history.capture: bodies keeps those that come");
    HistoryMessage message = *(*record.messages)[HistoryPart::ClientRequest];
    if (message.leftOut > 0)
        return impossible("body_not_kept", "its body was too long to be kept whole (history.max_body_bytes)");
    if (!message.body.isValidUtf8())
        return impossible("body_not_kept", "its body is no text");
    return message;
}

HttpRequest replayRequest(const HistoryRecord &record, const ReplayTerms &terms)
{
    HttpRequest request;
    request.method = "POST";
    request.target = endpointOf(record)->path.toByteArray();
    request.peer = QHostAddress(QHostAddress::LocalHost);
    request.receivedAt = Clock::now();
    request.builtInCaller = kDesktopCaller;
    const HistoryMessage sent = *replayableMessage(record);
    for (const HeaderList::Field &field : sent.headers) {
        if (!belongsToCall(field.name))
            request.headers.add(field.name, field.value);
    }
    request.headers.set("Content-Type", "application/json");
    request.headers.set("X-Request-Id", "replay-of-" + record.id);
    if (!terms.mayUseCache)
        request.headers.set("X-LunarGate-No-Cache", "true");
    request.body = terms.body;
    if (terms.route.isEmpty() && terms.model.isEmpty())
        return request;
    for (const char *name : {kRouteHeader, kModelHeader, kProviderHeader})
        request.headers.remove(name);
    if (!terms.route.isEmpty())
        request.headers.set(kRouteHeader, terms.route);
    if (!terms.model.isEmpty())
        request.headers.set(kModelHeader, terms.model);
    else
        request.body = withModel(terms.body, kAutoModel);
    return request;
}

} // namespace lunargate
