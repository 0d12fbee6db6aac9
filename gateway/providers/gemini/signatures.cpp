// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/gemini/signatures.h"

#include "gateway/json/writer.h"

#include <algorithm>

namespace lunargate::gemini {

namespace {

constexpr QByteArrayView kTextId = "text-"; // text-BEGIN-END

TextSignature placed(const ReasoningDetail &detail)
{
    TextSignature result{.signature = detail.data};
    if (!detail.id.startsWith(kTextId))
        return result;
    const QByteArrayView place = QByteArrayView(detail.id).sliced(kTextId.size());
    const qsizetype dash = place.indexOf('-');
    bool hasBegin = false;
    bool hasEnd = false;
    const qsizetype begin = place.first(std::max(dash, qsizetype(0))).toLongLong(&hasBegin);
    const qsizetype end = place.sliced(dash + 1).toLongLong(&hasEnd);
    if (hasBegin && hasEnd) {
        result.begin = begin;
        result.end = end;
    }
    return result;
}

bool isBetweenCharacters(QByteArrayView text, qsizetype position)
{
    return position == text.size() || (text[position] & 0xC0) != 0x80;
}

} // namespace

QByteArray extraContentOf(QByteArrayView signature)
{
    return R"({"google":{"thought_signature":)" + json::quoted(signature) + "}}";
}

ReasoningDetail textSignature(qsizetype begin, qsizetype end, QByteArrayView signature)
{
    return {.kind = ReasoningDetail::Kind::Encrypted,
            .data = signature.toByteArray(),
            .id = kTextId.toByteArray() + QByteArray::number(begin) + '-' + QByteArray::number(end),
            .format = kGeminiReasoning.toByteArray()};
}

bool TextSignature::fits(QByteArrayView text, qsizetype from) const
{
    return begin >= from && end >= begin && end <= text.size() && isBetweenCharacters(text, begin) &&
           isBetweenCharacters(text, end);
}

MessageSignatures signaturesOf(const ChatMessage &message)
{
    MessageSignatures result;
    for (const ToolCall &call : message.toolCalls)
        result.calls.emplace(call.id, call.extraContent["google"]["thought_signature"].toByteArray());
    for (ReasoningDetail &detail : reasoningDetails(message.reasoningDetails, kGeminiReasoning)) {
        if (detail.kind == ReasoningDetail::Kind::Text) {
            if (!detail.signature.isEmpty())
                result.thoughts.push_back(std::move(detail));
            continue;
        }
        if (detail.data.isEmpty())
            continue;
        // OpenRouter names the call that a detail belongs to ("Reasoning Tokens").
        const auto call = result.calls.find(detail.id);
        if (call == result.calls.end())
            result.texts.push_back(placed(detail));
        else if (call->second.isEmpty())
            call->second = detail.data;
    }
    return result;
}

} // namespace lunargate::gemini
