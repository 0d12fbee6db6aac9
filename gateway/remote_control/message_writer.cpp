// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/remote_control/message_writer.h"

#include "gateway/http/buffered_response.h"
#include "gateway/json/text_writer.h"
#include "gateway/routing/model_id.h"
#include "gateway/version.h"

#include <algorithm>

namespace lunargate {

namespace {

void appendNames(json::TextWriter &json, QByteArrayView key, const std::vector<QByteArray> &names)
{
    if (names.empty())
        return;
    json.key(key).beginArray();
    for (const QByteArray &name : names)
        json.string(name);
    json.endArray();
}

void appendBody(json::TextWriter &json, const QByteArray &body)
{
    json.key("body");
    if (body.isEmpty())
        json.raw("{}");
    else if (json::Document::parse(body))
        json.raw(body);
    else
        json.string(body);
}

void appendResponse(json::TextWriter &json, const BufferedResponse &response)
{
    struct Told
    {
        const char *member;
        const char *header;
    };
    static constexpr Told kTold[] = {{"request_id", "X-LunarGate-Request-ID"},
                                     {"provider", "X-LunarGate-Provider"},
                                     {"model", "X-LunarGate-Model"},
                                     {"route_used", "X-LunarGate-Route"}};
    const HeaderList &headers = response.headers();
    for (const Told &told : kTold) {
        if (const auto value = headers.value(told.header))
            json.member(told.member, *value);
    }
    json.key("headers").beginObject();
    for (const Told &told : kTold) {
        if (const auto value = headers.value(told.header))
            json.member(told.header, *value);
    }
    if (!response.contentType().isEmpty())
        json.member("Content-Type", response.contentType());
    json.endObject();
    if (!response.isTooLarge())
        appendBody(json, response.body());
}

} // namespace

QByteArray helloMessage(Hello hello)
{
    std::ranges::sort(hello.routes);
    json::TextWriter json;
    json.beginObject().member("type", "hello").member("instance_id", hello.instanceId).member("version", version());
    appendNames(json, "routes", hello.routes);
    appendNames(json, "models", hello.models);
    return json.endObject().text();
}

QByteArray heartbeatMessage()
{
    return R"({"type":"heartbeat"})";
}

QByteArray sandboxResponse(const SandboxAnswer &answer)
{
    json::TextWriter json(answer.response ? answer.response->body().size() + 1024 : 256);
    json.beginObject().member("type", "sandbox.response");
    json.member("command_id", answer.commandId).member("instance_id", answer.instanceId);
    json.member("ok", answer.status < 400).member("status_code", answer.status);
    if (answer.response)
        appendResponse(json, *answer.response);
    if (!answer.error.isEmpty())
        json.member("error", answer.error);
    return std::move(json.endObject()).text();
}

std::vector<QByteArray> modelIds(const QByteArray &list)
{
    std::vector<QByteArray> ids;
    const auto document = json::Document::parse(list);
    if (!document)
        return ids;
    for (const json::Value model : document->root()["data"].elements()) {
        if (model["id"].string() != kAutoModel)
            ids.push_back(model["id"].toByteArray());
    }
    return ids;
}

} // namespace lunargate
