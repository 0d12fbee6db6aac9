// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/reasoning_tag_reader.h"

#include "gateway/json/document.h"
#include "gateway/json/splice.h"
#include "gateway/json/writer.h"

namespace lunargate {

namespace {

using Kind = ChatStreamEvent::Kind;
using Split = ReasoningTagSplitter::Split;

Split joined(Split first, const Split &second)
{
    first.reasoning += second.reasoning;
    first.text += second.text;
    return first;
}

// Puts the two parts into a message or delta object of `text`.
void setParts(json::Splice &splice, const QByteArray &text, json::Range object, const Split &split,
              QByteArrayView oldReasoning)
{
    const std::vector<json::Member> members = json::membersOf(text, object);
    splice.set(object, members, "content", json::quoted(split.text));
    if (!split.reasoning.isEmpty())
        splice.set(object, members, "reasoning_content", json::quoted(oldReasoning.toByteArray() + split.reasoning));
}

// The place of `name` in each element of `choices`; nothing for an element without it.
std::vector<std::optional<json::Range>> partsOfChoices(const QByteArray &body, QByteArrayView name)
{
    std::vector<std::optional<json::Range>> result;
    const std::vector<json::Member> root = json::membersOf(body, json::wholeValue(body));
    const json::Member *choices = json::find(root, "choices");
    if (!choices)
        return result;
    for (const json::Range &choice : json::elementsOf(body, choices->value)) {
        const std::vector<json::Member> members = json::membersOf(body, choice);
        const json::Member *part = json::find(members, name);
        result.push_back(part && part->value.of(body).startsWith('{') ? std::optional(part->value) : std::nullopt);
    }
    return result;
}

} // namespace

void ReasoningTagReader::feed(QByteArrayView bytes, std::vector<ChatStreamEvent> &events)
{
    const size_t begin = events.size();
    m_inner->feed(bytes, events);
    rewrite(events, begin);
}

void ReasoningTagReader::finish(std::vector<ChatStreamEvent> &events)
{
    const size_t begin = events.size();
    m_inner->finish(events);
    rewrite(events, begin);
}

void ReasoningTagReader::rewrite(std::vector<ChatStreamEvent> &events, size_t begin)
{
    for (size_t i = begin; i < events.size(); ++i) {
        if (events[i].kind == Kind::Delta)
            rewriteDelta(events[i]);
        else if (events[i].kind == Kind::Chunk)
            rewriteChunk(events[i]);
        else if (events[i].kind == Kind::End || events[i].kind == Kind::Failure)
            i += insertHeld(events, i);
    }
}

// What is held back belongs to the answer, also where it ends without a finish reason. Returns how many events it took.
size_t ReasoningTagReader::insertHeld(std::vector<ChatStreamEvent> &events, size_t end)
{
    const Split split = m_splitters[0].finish();
    if (split == Split())
        return 0;
    ChatStreamEvent held{.kind = Kind::Delta, .delta = {.text = split.text, .reasoning = split.reasoning}};
    held.isUseful = true;
    events.insert(events.begin() + static_cast<std::ptrdiff_t>(end), std::move(held));
    return 1;
}

void ReasoningTagReader::rewriteDelta(ChatStreamEvent &event)
{
    ChatDelta &delta = event.delta;
    Split split;
    if (!delta.text.isEmpty())
        split = m_splitters[0].feed(delta.text);
    if (delta.finishReason || delta.toolCall)
        split = joined(std::move(split), m_splitters[0].finish());
    delta.text = split.text;
    delta.reasoning += split.reasoning;
}

void ReasoningTagReader::rewriteChunk(ChatStreamEvent &event)
{
    const std::optional<json::Document> document = json::Document::parse(event.payload);
    if (!document)
        return;
    json::Splice splice(event.payload);
    const std::vector<std::optional<json::Range>> deltas = partsOfChoices(event.payload, "delta");
    size_t position = 0;
    for (const json::Value choice : document->root()["choices"].elements()) {
        const std::optional<json::Range> place = position < deltas.size() ? deltas[position] : std::nullopt;
        ++position;
        const json::Value delta = choice["delta"];
        const bool isLast = !choice["finish_reason"].string().isEmpty() || delta["tool_calls"].size() > 0;
        const QByteArrayView text = delta["content"].string();
        if (!place || (text.isEmpty() && !isLast))
            continue;
        ReasoningTagSplitter &splitter = m_splitters[choice["index"].integer().value_or(0)];
        Split split = text.isEmpty() ? Split() : splitter.feed(text);
        if (isLast)
            split = joined(std::move(split), splitter.finish());
        const bool isUnchanged = split.reasoning.isEmpty() && split.text == text;
        if (!isUnchanged)
            setParts(splice, event.payload, *place, split, delta["reasoning_content"].string());
    }
    event.payload = splice.result();
}

void extractReasoningTags(ModelAnswer &answer)
{
    const auto splitWhole = [](QByteArrayView text) {
        ReasoningTagSplitter splitter;
        Split split = splitter.feed(text);
        return joined(std::move(split), splitter.finish());
    };
    if (answer.completion) {
        Split split = splitWhole(answer.completion->text);
        answer.completion->text = split.text;
        answer.completion->reasoning += split.reasoning;
        return;
    }
    const std::optional<json::Document> document = json::Document::parse(answer.body);
    if (!document)
        return;
    json::Splice splice(answer.body);
    const std::vector<std::optional<json::Range>> messages = partsOfChoices(answer.body, "message");
    size_t position = 0;
    for (const json::Value choice : document->root()["choices"].elements()) {
        const std::optional<json::Range> place = position < messages.size() ? messages[position] : std::nullopt;
        ++position;
        const json::Value message = choice["message"];
        const Split split = splitWhole(message["content"].string());
        if (place && split.text != message["content"].string())
            setParts(splice, answer.body, *place, split, message["reasoning_content"].string());
    }
    answer.body = splice.result();
}

} // namespace lunargate
