// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/chat/tool_call_order.h"

#include "gateway/json/document.h"

#include <algorithm>
#include <ranges>

namespace lunargate {

namespace {

// The most calls that an answer is taken to have: those beyond share the last one's fate.
constexpr size_t kMostCalls = 1024;

bool isWhole(const QByteArray &arguments)
{
    if (!QByteArrayView(arguments).trimmed().endsWith('}'))
        return false;
    const std::optional<json::Document> document = json::Document::parse(arguments);
    return document && document->root().isObject();
}

// Letters that every provider takes in an id.
bool isIdLetter(char letter)
{
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') ||
           letter == '_' || letter == '-';
}

} // namespace

QByteArray madeUpCallId(QByteArrayView answerId, size_t position)
{
    constexpr qsizetype kMostLetters = 48; // providers take ids of 64
    QByteArray id = "call_";
    for (const char letter : answerId.first(std::min(answerId.size(), kMostLetters))) {
        if (isIdLetter(letter))
            id.append(letter);
    }
    if (!id.endsWith('_'))
        id.append('_');
    return id + QByteArray::number(static_cast<qulonglong>(position));
}

std::optional<ChatDelta::ToolCall> ToolCallOrder::place(std::optional<qint64> sentIndex, ChatDelta::ToolCall piece,
                                                        QByteArrayView answerId)
{
    Call &call = callOf(sentIndex, piece);
    const auto number = static_cast<size_t>(&call - m_calls.data());
    call.isCustom = call.isCustom || piece.isCustom;
    if (piece.arguments == call.arguments && isWhole(call.arguments))
        piece.arguments.clear(); // all of them once more, at the end
    call.arguments += piece.arguments;
    if (!call.name.isEmpty()) {
        return ChatDelta::ToolCall{.index = static_cast<int>(number),
                                   .arguments = std::move(piece.arguments),
                                   .isCustom = call.isCustom,
                                   .extraContent = std::move(piece.extraContent)};
    }
    if (call.id.isEmpty())
        call.id = piece.id;
    if (!piece.extraContent.isEmpty())
        call.extraContent = std::move(piece.extraContent);
    if (piece.name.isEmpty())
        return std::nullopt;
    call.name = std::move(piece.name);
    return ChatDelta::ToolCall{.index = static_cast<int>(number),
                               .id = call.id.isEmpty() ? madeUpCallId(answerId, number) : call.id,
                               .name = call.name,
                               .arguments = call.arguments,
                               .isCustom = call.isCustom,
                               .extraContent = call.extraContent};
}

/// Whether `piece` is the first one of another call than the one that it seems to go on with.
bool ToolCallOrder::beginsAnother(const Call &call, const ChatDelta::ToolCall &piece)
{
    if (piece.name.isEmpty())
        return false;
    if (!piece.id.isEmpty() && !call.id.isEmpty())
        return piece.id != call.id;
    if (call.name.isEmpty())
        return false;
    return piece.name != call.name || (piece.arguments != call.arguments && isWhole(call.arguments));
}

ToolCallOrder::Call *ToolCallOrder::knownCall(std::optional<qint64> sentIndex, const ChatDelta::ToolCall &piece)
{
    const auto last = [this](auto isIt) {
        const auto found = std::ranges::find_if(m_calls | std::views::reverse, isIt);
        return found == m_calls.rend() ? nullptr : &*found;
    };
    if (sentIndex)
        return last([&](const Call &call) { return call.sentIndex == sentIndex; });
    if (!piece.id.isEmpty()) {
        Call *const withId = last([&](const Call &call) { return call.id == piece.id; });
        if (withId || !piece.name.isEmpty())
            return withId;
    }
    return m_calls.empty() ? nullptr : &m_calls.back();
}

ToolCallOrder::Call &ToolCallOrder::callOf(std::optional<qint64> sentIndex, const ChatDelta::ToolCall &piece)
{
    Call *const known = knownCall(sentIndex, piece);
    if (known && !beginsAnother(*known, piece))
        return *known;
    if (m_calls.size() >= kMostCalls)
        return m_calls.back();
    return m_calls.emplace_back(Call{.sentIndex = sentIndex});
}

} // namespace lunargate
