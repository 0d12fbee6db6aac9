// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api/remote.h"

#include "gateway/api/time_text.h"
#include "gateway/json/text_writer.h"
#include "gateway/observability/redaction.h"
#include "gateway/remote_control/remote_control_status.h"

#include <algorithm>

namespace lunargate::api {

namespace {

// Nothing that there is not yet is told as an empty text.
void appendText(json::TextWriter &json, QByteArrayView key, const QByteArray &text)
{
    json.key(key);
    if (text.isEmpty())
        json.null();
    else
        json.string(text);
}

qint64 millisecondsUntil(RemoteControlStatus::Time time)
{
    using std::chrono::milliseconds;
    return std::max(std::chrono::ceil<milliseconds>(time - std::chrono::system_clock::now()), milliseconds(0)).count();
}

QByteArray toJson(const RemoteControlStatus &status)
{
    json::TextWriter json;
    json.beginObject().member("state", nameOf(status.state));
    appendText(json, "why", status.why);
    json.member("since", timeText(status.since));
    appendText(json, "instance_id", status.instanceId);
    appendText(json, "url", status.url);
    appendText(json, "last_error", status.lastError);
    json.key("next_attempt_in_ms");
    if (status.nextAttempt)
        json.integer(millisecondsUntil(*status.nextAttempt));
    else
        json.null();
    const RemoteControlStatus::Commands &commands = status.commands;
    json.key("commands").beginObject().member("running", status.running);
    json.member("ok", commands.ok).member("failed", commands.failed).member("refused", commands.refused);
    json.member("timeout", commands.timedOut).member("cancelled", commands.cancelled).endObject();
    json.member("ignored_messages", status.ignored);
    return json.endObject().text();
}

} // namespace

Task<> remote(RequestContext &context, const GatewayStatus &)
{
    context.respond(200, "application/json", redacted(toJson(context.services.remoteControl->status())));
    co_return;
}

} // namespace lunargate::api
