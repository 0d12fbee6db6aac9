// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/gemini/signatures.h"

#include "gateway/json/writer.h"

#include <algorithm>

namespace lunargate::gemini {

namespace {

using Kind = ReasoningDetail::Kind;

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
    return {.kind = Kind::Encrypted,
            .data = signature.toByteArray(),
            .id = kTextId.toByteArray() + QByteArray::number(begin) + '-' + QByteArray::number(end),
            .format = kGeminiReasoning.toByteArray()};
}

bool TextSignature::fits(QByteArrayView text, qsizetype from) const
{
    return begin >= from && end >= begin && end <= text.size() && isBetweenCharacters(text, begin) &&
           isBetweenCharacters(text, end);
}

MessageSignatures::MessageSignatures(const ChatMessage &message)
    : m_message(message), m_details(reasoningDetails(message.reasoningDetails, kGeminiReasoning))
{
}

QByteArray MessageSignatures::ofCall(const ToolCall &call) const
{
    if (const QByteArrayView own = call.extraContent["google"]["thought_signature"].string(); !own.isEmpty())
        return own.toByteArray();
    // OpenRouter names the call that a detail belongs to ("Reasoning Tokens").
    const auto detail = std::ranges::find_if(m_details, [&](const ReasoningDetail &candidate) {
        return candidate.kind == Kind::Encrypted && candidate.id == call.id;
    });
    return detail == m_details.end() ? QByteArray() : detail->data;
}

std::vector<TextSignature> MessageSignatures::ofText() const
{
    std::vector<TextSignature> result;
    for (const ReasoningDetail &detail : m_details) {
        if (detail.kind == Kind::Encrypted && !detail.data.isEmpty() && !belongsToCall(detail))
            result.push_back(placed(detail));
    }
    return result;
}

std::vector<ReasoningDetail> MessageSignatures::thoughts() const
{
    std::vector<ReasoningDetail> result;
    for (const ReasoningDetail &detail : m_details) {
        if (detail.kind == Kind::Text && !detail.signature.isEmpty())
            result.push_back(detail);
    }
    return result;
}

bool MessageSignatures::belongsToCall(const ReasoningDetail &detail) const
{
    return std::ranges::contains(m_message.toolCalls, detail.id, &ToolCall::id);
}

} // namespace lunargate::gemini
