// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/ollama/tool_call_reader.h"

#include "gateway/json/writer.h"

#include <QCryptographicHash>

namespace lunargate::ollama {

namespace {

/// As JSON text. An object by the protocol; some servers that imitate it send the text itself, as OpenAI does.
QByteArray argumentsText(json::Value arguments)
{
    if (!arguments.exists() || arguments.isNull())
        return "{}";
    if (!arguments.isString())
        return json::toText(arguments);
    const QByteArray text = arguments.string().trimmed().toByteArray();
    return text.isEmpty() ? "{}" : text;
}

} // namespace

std::optional<AnsweredToolCall> ToolCallReader::read(json::Value call, json::Value answer)
{
    const json::Value function = call["function"];
    AnsweredToolCall result{
        .id = {}, .name = function["name"].toByteArray(), .arguments = argumentsText(function["arguments"])};
    if (result.name.isEmpty())
        return std::nullopt;
    result.id = idFor(call, answer, result);
    m_ids.insert(result.id);
    return result;
}

QByteArray ToolCallReader::idFor(json::Value call, json::Value answer, const AnsweredToolCall &read)
{
    if (const QByteArray own = call["id"].toByteArray(); !own.isEmpty() && !m_ids.contains(own))
        return own;
    // Made of the call and its moment, so that the same bytes give the same id, and the same call of another turn gives
    // another one.
    QCryptographicHash hash(QCryptographicHash::Sha256);
    for (const QByteArrayView part :
         {answer["created_at"].string(), QByteArrayView(read.name), QByteArrayView(read.arguments)}) {
        hash.addData(part);
        hash.addData(QByteArrayView("\0", 1));
    }
    hash.addData(QByteArray::number(m_ids.size()));
    return "call_" + hash.result().first(12).toHex();
}

} // namespace lunargate::ollama
