// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/remote_control/backend_message.h"

#include "gateway/json/document.h"
#include "gateway/json/members.h"

#include <algorithm>

namespace lunargate {

namespace {

constexpr QByteArrayView kCommands = "sandbox.";
constexpr QByteArrayView kExecute = "sandbox.execute";
constexpr QByteArrayView kResponse = "sandbox.response";

// In bytes. They go into log lines and header lines.
constexpr qsizetype kLongestWord = 128; // id, type and mode
constexpr qsizetype kLongestTarget = 512;

QByteArray cut(QByteArrayView word)
{
    return word.first(std::min(word.size(), kLongestWord)).toByteArray();
}

RefusedCommand malformed(const SandboxCommand &command, const QByteArray &error)
{
    return {.id = cut(command.id), .type = kExecute.toByteArray(), .reason = "malformed_command", .error = error};
}

// The request as it was sent, with the spelling of its numbers and the order of its members.
QByteArray requestText(const QByteArray &message)
{
    const std::vector<json::Member> members = json::membersOf(message, json::wholeValue(message));
    const json::Member *request = json::find(members, "request");
    return request ? request->value.of(message).toByteArray() : QByteArray();
}

BackendMessage readExecute(const QByteArray &text, json::Value message)
{
    const json::Value target = message["target"];
    SandboxCommand command{.id = message["command_id"].toByteArray(),
                           .mode = target["mode"].toByteArray(),
                           .target = target["value"].toByteArray()};
    if (command.id.isEmpty())
        return malformed(command, "command_id is missing");
    if (command.id.size() > kLongestWord || command.mode.size() > kLongestWord ||
        command.target.size() > kLongestTarget)
        return malformed(command, "command_id, target.mode or target.value is too long");
    if (!message["request"].isObject())
        return malformed(command, "request is no object");
    if ((command.mode == "route" || command.mode == "model") && command.target.isEmpty())
        return malformed(command, "target.value is missing");
    command.request = requestText(text);
    return command;
}

} // namespace

BackendMessage readBackendMessage(const QByteArray &text)
{
    const auto document = json::Document::parse(text);
    if (!document || !document->root().isObject())
        return IgnoredMessage();
    const json::Value message = document->root();
    const QByteArrayView type = message["type"].string();
    if (type == kExecute)
        return readExecute(text, message);
    if (type == "heartbeat")
        return {};
    const QByteArrayView id = message["command_id"].string();
    if (id.isEmpty() || !type.startsWith(kCommands) || type == kResponse)
        return IgnoredMessage(cut(type));
    return RefusedCommand{.id = cut(id),
                          .type = cut(type),
                          .status = 403,
                          .reason = "command_not_allowed",
                          .error = "this gateway runs no command but sandbox.execute"};
}

} // namespace lunargate
