// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/remote_control/sandbox_request.h"

#include "gateway/config/reserved_names.h"
#include "gateway/json/splice.h"
#include "gateway/json/writer.h"
#include "gateway/routing/model_id.h"

namespace lunargate {

namespace {

HttpRequest requestTo(QByteArray method, QByteArray target)
{
    HttpRequest request;
    request.method = std::move(method);
    request.target = std::move(target);
    request.peer = QHostAddress(QHostAddress::LocalHost);
    request.receivedAt = Clock::now();
    request.builtInCaller = kRemoteControlCaller;
    return request;
}

// Providers take `stream_options` with streams only.
QByteArray chatBody(const SandboxCommand &command)
{
    const std::vector<json::Member> members = json::membersOf(command.request, json::wholeValue(command.request));
    const json::Range object = json::wholeValue(command.request);
    json::Splice splice(command.request);
    if (command.mode == "route")
        splice.set(object, members, "model", json::quoted(kAutoModel));
    if (json::find(members, "stream"))
        splice.set(object, members, "stream", "false");
    splice.remove(members, [](const json::Member &member) { return member.key == "stream_options"; });
    return splice.result();
}

} // namespace

HttpRequest sandboxRequest(const SandboxCommand &command)
{
    HttpRequest request = requestTo("POST", "/v1/chat/completions");
    request.headers.add("Content-Type", "application/json");
    request.headers.add("X-LunarGate-No-Cache", "true");
    if (command.mode == "route")
        request.headers.add("X-LunarGate-Route", command.target);
    else if (command.mode == "model")
        request.headers.add("X-LunarGate-Model", command.target);
    request.body = chatBody(command);
    return request;
}

HttpRequest modelListRequest()
{
    return requestTo("GET", "/v1/models");
}

} // namespace lunargate
