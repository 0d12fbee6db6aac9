// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/ollama/tool_call_writer.h"

#include "gateway/json/writer.h"

namespace lunargate::ollama_api {

namespace {

bool isObject(const QByteArray &text)
{
    const std::optional<json::Document> document = json::Document::parse(text);
    return document && document->root().isObject();
}

} // namespace

WrittenToolCall writeToolCall(const AnsweredToolCall &call, int index)
{
    WrittenToolCall written;
    QByteArray arguments = call.arguments.trimmed();
    if (arguments.isEmpty())
        arguments = "{}";
    if (!isObject(arguments)) {
        written.note = "[the arguments of the call of " + call.name + " are no JSON object: " + arguments + ']';
        arguments = "{}";
    }
    // One line a frame: outside of strings, where JSON allows no line ends, they mean no more than a space.
    arguments.replace('\n', ' ').replace('\r', ' ');
    written.json = R"({"id":)" + json::quoted(call.id) + R"(,"function":{"index":)" + QByteArray::number(index) +
                   R"(,"name":)" + json::quoted(call.name) + R"(,"arguments":)" + arguments + "}}";
    return written;
}

} // namespace lunargate::ollama_api
