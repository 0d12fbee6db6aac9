// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api/running.h"

#include "gateway/api/history_json.h"
#include "gateway/api/time_text.h"
#include "gateway/observability/redaction.h"
#include "gateway/observability/running_requests.h"
#include "gateway/pipeline/token_estimate.h"

#include <utility>

namespace lunargate::api {

namespace {

/// Each text alone is redacted: in the whole, a secret could look like a part of the JSON itself.
void appendText(json::TextWriter &json, QByteArrayView name, const QByteArray &text)
{
    json.key(name);
    if (text.isEmpty())
        json.null();
    else
        json.string(redacted(text));
}

void append(json::TextWriter &json, const RunningRequest &request)
{
    json.beginObject().member("id", request.id).member("time", timeText(request.time));
    json.member("endpoint", request.endpoint).member("state", nameOf(request.state));
    appendText(json, "caller", request.caller);
    appendText(json, "user_agent", request.client.userAgent);
    appendText(json, "session", request.client.session);
    appendText(json, "route", request.route);
    appendText(json, "provider", request.provider);
    appendText(json, "model", request.model);
    appendText(json, "model_asked", request.modelAsked);
    json.member("stream", request.stream).member("attempts", request.attempts);
    appendMilliseconds(json, "elapsed_ms", request.elapsed);
    appendMilliseconds(json, "ttft_ms", request.timeToFirstByte);
    json.member("estimated_tokens_out", tokensOfText(request.streamedTextBytes)).endObject();
}

} // namespace

Task<> listRunning(RequestContext &context, const GatewayStatus &)
{
    const std::vector<RunningRequest> running = co_await context.services.running->list();
    json::TextWriter json;
    json.beginObject().member("object", "list").key("data").beginArray();
    for (const RunningRequest &request : running)
        append(json, request);
    json.endArray().endObject();
    context.respond(200, "application/json", std::move(json).text());
}

} // namespace lunargate::api
