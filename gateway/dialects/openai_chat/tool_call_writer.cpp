// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/openai_chat/tool_call_writer.h"

#include "gateway/json/writer.h"

namespace lunargate::openai_chat {

namespace {

void appendNamed(QByteArray &out, const QByteArray &id, bool isCustom, const QByteArray &name,
                 const QByteArray &arguments, const QByteArray &extraContent)
{
    out += R"("id":)";
    json::appendString(out, id);
    out += isCustom ? R"(,"type":"custom","custom":{"name":)" : R"(,"type":"function","function":{"name":)";
    json::appendString(out, name);
    out += isCustom ? R"(,"input":)" : R"(,"arguments":)";
    json::appendString(out, arguments);
    out += '}';
    if (!extraContent.isEmpty())
        out += ",\"extra_content\":" + extraContent;
}

} // namespace

void appendToolCall(QByteArray &out, const AnsweredToolCall &call)
{
    out += '{';
    appendNamed(out, call.id, call.isCustom, call.name, call.arguments, call.extraContent);
    out += '}';
}

void appendToolCallDelta(QByteArray &out, const ChatDelta::ToolCall &call)
{
    out += R"({"index":)" + QByteArray::number(call.index) + ',';
    if (call.id.isEmpty()) { // its arguments go on
        out += call.isCustom ? R"("custom":{"input":)" : R"("function":{"arguments":)";
        json::appendString(out, call.arguments);
        out += '}';
    } else {
        appendNamed(out, call.id, call.isCustom, call.name, call.arguments, call.extraContent);
    }
    out += '}';
}

} // namespace lunargate::openai_chat
