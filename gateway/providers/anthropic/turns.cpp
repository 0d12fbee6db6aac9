// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/anthropic/turns.h"

#include "gateway/chat/invalid_value.h"
#include "gateway/chat/parameter_use.h"
#include "gateway/json/document.h"
#include "gateway/providers/anthropic/block_reader.h"
#include "gateway/providers/anthropic/thought_order.h"

#include <algorithm>
#include <map>

namespace lunargate::anthropic {

namespace {

// Stands for content where Anthropic wants some: in empty messages, and behind thoughts that nothing follows.
constexpr QByteArrayView kPlaceholder = ".";

QByteArray place(int message, const char *member)
{
    return "messages[" + QByteArray::number(message) + "]." + member;
}

QByteArray callPlace(int message, size_t call, const char *member = "")
{
    return place(message, "tool_calls[") + QByteArray::number(call) + ']' + member;
}

bool isIdCharacter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

/// Gives calls ids that Anthropic accepts: `[a-zA-Z0-9_-]+`, no two the same.
class CallIds
{
public:
    QByteArray unique(QByteArray id)
    {
        for (char &c : id)
            c = isIdCharacter(c) ? c : '_';
        const auto [used, isNew] = m_nextSuffixes.try_emplace(id, 2);
        if (isNew)
            return id;
        QByteArray candidate;
        do
            candidate = id + '_' + QByteArray::number(used->second++);
        while (!m_nextSuffixes.try_emplace(candidate, 2).second);
        return candidate;
    }

private:
    std::map<QByteArray, int> m_nextSuffixes; // of the ids in use
};

/// Takes messages one after the other.
class OutlineBuilder
{
public:
    OutlineBuilder(const QByteArray &providerId, bool withThoughts)
        : m_providerId(providerId), m_withThoughts(withThoughts)
    {
    }

    Result<void> add(const ChatMessage &message)
    {
        switch (message.role) {
        case ChatRole::System:
        case ChatRole::Developer:
            return addSystem(message);
        case ChatRole::User:
            return addUser(message);
        case ChatRole::Assistant:
            return addAssistant(message);
        case ChatRole::Tool:
            return addResult(message);
        }
        Q_UNREACHABLE_RETURN({});
    }

    Result<Outline> finish()
    {
        if (Result<void> answered = checkAnswered(); !answered)
            return std::unexpected(std::move(answered.error()));
        placeResults();
        // Without content, or with the assistant's words first, there is no conversation for Anthropic.
        if (m_outline.turns.empty() || m_outline.turns.front().isAssistant)
            m_outline.turns.insert(m_outline.turns.begin(), Turn());
        for (Turn &turn : m_outline.turns) {
            if (turn.blocks.empty() || turn.blocks.back().kind == Block::Kind::Thought)
                turn.blocks.push_back({.text = kPlaceholder});
        }
        trimEnd();
        return std::move(m_outline);
    }

private:
    /// A call that has no result yet.
    struct Call
    {
        QByteArray sentId;
        int message;
        size_t position; // in the message
    };

    Result<std::vector<Block>> contentOf(const ChatMessage &message)
    {
        std::vector<Block> blocks;
        for (size_t i = 0; i < message.content.size(); ++i) {
            Result<std::optional<Block>> block = readBlock(message.content[i], {m_providerId, message.index, i});
            if (!block)
                return std::unexpected(std::move(block.error()));
            if (*block)
                blocks.push_back(**std::move(block));
        }
        return blocks;
    }

    // Only texts, where Anthropic takes nothing else.
    Result<std::vector<Block>> textOf(const ChatMessage &message, const char *whose)
    {
        Result<std::vector<Block>> blocks = contentOf(message);
        if (blocks && !std::ranges::all_of(*blocks, [](const Block &b) { return b.kind == Block::Kind::Text; })) {
            return std::unexpected(unsupported(m_providerId, place(message.index, "content"),
                                               QByteArray("images or files in messages of the ") + whose));
        }
        return blocks;
    }

    static void mark(std::vector<Block> &blocks, const ChatMessage &message)
    {
        const auto canBeMarked = [](const Block &block) { return block.kind != Block::Kind::Thought; };
        if (const auto last = std::ranges::find_last_if(blocks, canBeMarked); last && message.cacheControl.isObject())
            last.front().cacheControl = message.cacheControl;
    }

    Result<void> addSystem(const ChatMessage &message)
    {
        Result<std::vector<Block>> blocks = textOf(message, "system");
        if (!blocks)
            return std::unexpected(std::move(blocks.error()));
        mark(*blocks, message);
        std::ranges::move(*blocks, std::back_inserter(m_outline.system));
        return {};
    }

    Result<void> addUser(const ChatMessage &message)
    {
        Result<std::vector<Block>> blocks = contentOf(message);
        if (!blocks)
            return std::unexpected(std::move(blocks.error()));
        mark(*blocks, message);
        std::ranges::move(*blocks, std::back_inserter(turnOf(false).blocks));
        return {};
    }

    Result<void> addAssistant(const ChatMessage &message)
    {
        Result<std::vector<Block>> text = textOf(message, "assistant");
        if (!text)
            return std::unexpected(std::move(text.error()));
        std::vector<Block> thoughts = thoughtsOf(message);
        if (thoughts.empty() && text->empty() && message.toolCalls.empty())
            return {}; // says nothing
        if (!isInAssistantTurn()) {
            if (Result<void> answered = checkAnswered(); !answered)
                return answered;
        }
        std::vector<Block> calls;
        for (size_t i = 0; i < message.toolCalls.size(); ++i) {
            Result<Block> call = callOf(message, i);
            if (!call)
                return std::unexpected(std::move(call.error()));
            calls.push_back(*std::move(call));
        }
        std::vector<Block> blocks = inAnswerOrder(std::move(thoughts), *std::move(text), std::move(calls));
        mark(blocks, message);
        std::ranges::move(blocks, std::back_inserter(turnOf(true).blocks));
        return {};
    }

    std::vector<Block> thoughtsOf(const ChatMessage &message) const
    {
        std::vector<Block> blocks;
        if (!m_withThoughts)
            return blocks;
        for (ReasoningDetail &detail : reasoningDetails(message.reasoningDetails, kAnthropicReasoning)) {
            // Only what Anthropic can verify; a signature alone is enough, as the text may have been left out.
            const bool isText = detail.kind == ReasoningDetail::Kind::Text;
            if (!(isText ? detail.signature : detail.data).isEmpty())
                blocks.push_back({.kind = Block::Kind::Thought, .thought = std::move(detail)});
        }
        return blocks;
    }

    Result<Block> callOf(const ChatMessage &message, size_t position)
    {
        const ToolCall &call = message.toolCalls[position];
        if (call.isCustom)
            return std::unexpected(unsupported(m_providerId, callPlace(message.index, position), "custom tools"));
        QByteArrayView arguments = call.arguments.trimmed();
        if (arguments.isEmpty())
            arguments = "{}";
        const std::optional<json::Document> document = json::Document::parse(arguments);
        if (!document || !document->root().isObject()) {
            return invalidValue(callPlace(message.index, position, ".function.arguments"),
                                "must be the JSON text of an object");
        }
        const QByteArray sentId = m_ids.unique(call.id);
        m_open.emplace(call.id, Call{.sentId = sentId, .message = message.index, .position = position});
        return Block{.kind = Block::Kind::ToolUse, .text = arguments, .toolId = sentId, .toolName = call.name};
    }

    Result<void> addResult(const ChatMessage &message)
    {
        const auto call = m_open.lower_bound(message.toolCallId); // the first of those with that id
        if (call == m_open.end() || call->first != message.toolCallId) {
            return invalidValue(place(message.index, "tool_call_id"),
                                "is an unknown tool id: the assistant's message before makes no call '" +
                                    message.toolCallId + "' that is still to be answered");
        }
        Result<std::vector<Block>> content = contentOf(message);
        if (!content)
            return std::unexpected(std::move(content.error()));
        Block result{.kind = Block::Kind::ToolResult,
                     .toolId = call->second.sentId,
                     .isError = message.raw["is_error"].boolean() == true};
        mark(*content, message);
        for (Block &block : *content) {
            // On the result as a whole a mark does the same.
            if (block.cacheControl.exists())
                result.cacheControl = std::exchange(block.cacheControl, {});
        }
        if (message.cacheControl.isObject())
            result.cacheControl = message.cacheControl;
        result.content = *std::move(content);
        m_open.erase(call);
        turnOf(false);
        m_results.push_back(std::move(result));
        return {};
    }

    // To the beginning of the user's turn.
    void placeResults()
    {
        if (m_results.empty())
            return;
        std::vector<Block> &blocks = m_outline.turns.back().blocks;
        std::ranges::move(blocks, std::back_inserter(m_results));
        blocks = std::exchange(m_results, {});
    }

    Result<void> checkAnswered() const
    {
        if (m_open.empty())
            return {};
        const auto place = [](const auto &open) { return std::pair(open.second.message, open.second.position); };
        const auto &[id, call] = *std::ranges::min_element(m_open, {}, place);
        return invalidValue(callPlace(call.message, call.position),
                            "has no answer: a message of role tool with tool_call_id '" + id + "' must follow");
    }

    bool isInAssistantTurn() const { return !m_outline.turns.empty() && m_outline.turns.back().isAssistant; }

    Turn &turnOf(bool isAssistant)
    {
        if (m_outline.turns.empty() || m_outline.turns.back().isAssistant != isAssistant) {
            placeResults();
            m_outline.turns.push_back({.isAssistant = isAssistant, .blocks = {}});
        }
        return m_outline.turns.back();
    }

    // The beginning of an answer that the model is to go on with must not end with white space.
    void trimEnd()
    {
        Turn &last = m_outline.turns.back();
        if (Block &block = last.blocks.back(); last.isAssistant && block.kind == Block::Kind::Text) {
            while (!block.text.isEmpty() && QByteArrayView(" \t\r\n").contains(block.text.back()))
                block.text.chop(1);
        }
    }

    const QByteArray &m_providerId;
    bool m_withThoughts;
    Outline m_outline;
    CallIds m_ids;
    std::multimap<QByteArray, Call> m_open; // by the client's ids, of the assistant's latest turn
    std::vector<Block> m_results;           // of the user's turn that is being built
};

} // namespace

Result<Outline> outlineOf(const Conversation &conversation, const QByteArray &providerId, bool withThoughts)
{
    OutlineBuilder builder(providerId, withThoughts);
    for (const ChatMessage &message : conversation.messages) {
        if (Result<void> added = builder.add(message); !added)
            return std::unexpected(std::move(added.error()));
    }
    return builder.finish();
}

bool lacksThoughts(const Outline &outline)
{
    const auto isQuestion = [](const Turn &turn) {
        return !turn.isAssistant && turn.blocks.front().kind != Block::Kind::ToolResult;
    };
    const auto loop = std::ranges::find_last_if(outline.turns, isQuestion);
    if (loop.size() < 2)
        return false;
    const std::vector<Block> &answer = loop[1].blocks;
    return answer.front().kind != Block::Kind::Thought &&
           std::ranges::contains(answer, Block::Kind::ToolUse, &Block::kind);
}

} // namespace lunargate::anthropic
