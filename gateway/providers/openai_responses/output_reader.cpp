// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/openai_responses/output_reader.h"

#include "gateway/chat/reasoning_detail.h"
#include "gateway/json/text_writer.h"
#include "gateway/providers/openai_responses/parallel_calls.h"
#include "gateway/providers/openai_responses/thought_id.h"
#include "gateway/providers/token_count.h"
#include "gateway/providers/told_cost.h"

#include <algorithm>

namespace lunargate::openai_responses {

namespace {

using Events = OutputReader::Events;
using Form = OutputReader::Form;

constexpr QByteArrayView kBlankLine = "\n\n";

ChatStreamEvent &appendUseful(Events &events, qsizetype textBytes = 0)
{
    return events.emplace_back(
        ChatStreamEvent{.kind = ChatStreamEvent::Kind::Delta, .isUseful = true, .textBytes = textBytes});
}

// FNV-1a (RFC 9923), whose state is the hash itself, so that it can go on at any time.
quint64 hashOn(quint64 hash, QByteArrayView text)
{
    constexpr quint64 kPrime = 0x100000001b3;
    for (const char c : text)
        hash = (hash ^ static_cast<unsigned char>(c)) * kPrime;
    return hash;
}

QByteArray spaced(bool isApart, QByteArrayView text)
{
    QByteArray result;
    result.reserve(text.size() + (isApart ? kBlankLine.size() : 0));
    if (isApart)
        result.append(kBlankLine);
    return result.append(text);
}

bool isCall(QByteArrayView type)
{
    return type == "function_call" || type == "custom_tool_call";
}

bool isCustomCall(json::Value item)
{
    return item["type"].string() == "custom_tool_call";
}

// What tool answers refer to. Some relays know only the item's own id.
QByteArrayView callId(json::Value item)
{
    const QByteArrayView id = item["call_id"].string();
    return id.isEmpty() ? item["id"].string() : id;
}

QByteArrayView argumentsOf(json::Value item)
{
    return isCustomCall(item) ? item["input"].string() : item["arguments"].string();
}

// {"type":"url_citation","url":…} as chat says it: {"type":"url_citation","url_citation":{"url":…}}.
QByteArray chatAnnotation(json::Value annotation)
{
    const QByteArrayView type = annotation["type"].string();
    if (type.isEmpty())
        return {};
    json::TextWriter json;
    json.beginObject().member("type", type).key(type).beginObject();
    for (const auto [name, value] : annotation.members()) {
        if (name != "type")
            json.member(name, value);
    }
    json.endObject().endObject();
    return std::move(json).text();
}

FinishReason finishReason(json::Value response, OutputReader::Outcome outcome, bool hasCalls)
{
    if (outcome == OutputReader::Outcome::Complete)
        return hasCalls ? FinishReason::ToolCalls : FinishReason::Stop;
    // Also with calls: the arguments of the last one may have been cut.
    const bool isFiltered = response["incomplete_details"]["reason"].string() == "content_filter";
    return isFiltered ? FinishReason::ContentFilter : FinishReason::Length;
}

} // namespace

QByteArrayView OutputReader::SaidText::add(QByteArrayView text, Form form)
{
    constexpr quint64 kStart = 0xcbf29ce484222325;
    if (form == Form::Snapshot) {
        // Some relays spell the arguments of a call anew: half of one text and half of the other would be no JSON.
        if (text.size() <= m_size || (m_size > 0 && hashOn(kStart, text.first(m_size)) != m_hash))
            return {};
        text = text.sliced(m_size);
    }
    m_hash = hashOn(m_size == 0 ? kStart : m_hash, text);
    m_size += text.size();
    return text;
}

void OutputReader::introduce(json::Value response, Events &events)
{
    const QByteArrayView id = response["id"].string();
    const QByteArrayView model = response["model"].string();
    if (m_isIntroduced || (id.isEmpty() && model.isEmpty()))
        return;
    m_isIntroduced = true;
    m_responseId = id.toByteArray();
    events.push_back({.kind = ChatStreamEvent::Kind::Delta,
                      .delta = {.id = m_responseId, .model = model.toByteArray()},
                      .isUseful = m_settings.isBackground && !id.isEmpty()});
}

void OutputReader::beginItem(qint64 index, json::Value value, Events &events)
{
    Item &item = m_items[index];
    if (item.isFinished)
        item = {};
    item.position = position();
    if (!isCall(value["type"].string()) || isWrapper(value))
        return;
    // Its arguments, if there are some already, come again with the end of the item.
    if (!item.call || m_calls[*item.call].id != callId(value))
        item.call = startCall(callId(value), value["name"].string(), isCustomCall(value), events);
}

void OutputReader::addText(Place place, QByteArrayView text, Form form, Events &events)
{
    const QByteArrayView rest = m_items[place.item].parts[place.part].text.add(text, form);
    if (rest.isEmpty())
        return;
    const bool isNextMessage = std::exchange(m_hasText, true) && m_textItem != place.item;
    m_textItem = place.item;
    appendUseful(events, rest.size()).delta.text = spaced(isNextMessage, rest);
}

void OutputReader::addRefusal(Place place, QByteArrayView text, Form form, Events &events)
{
    const QByteArrayView rest = m_items[place.item].parts[place.part].refusal.add(text, form);
    if (rest.isEmpty())
        return;
    m_hasRefusal = true;
    appendUseful(events, rest.size()).delta.refusal = rest.toByteArray();
}

void OutputReader::addThought(Place place, Thought thought, QByteArrayView text, Form form, Events &events)
{
    Item &item = m_items[place.item];
    SaidText &said = (thought == Thought::Summary ? item.summaries : item.thoughts)[place.part];
    const bool isNew = said.isEmpty();
    const QByteArrayView rest = said.add(text, form);
    if (rest.isEmpty())
        return;
    const bool isNextPart = std::exchange(m_hasReasoning, true) && isNew;
    appendUseful(events, rest.size()).delta.reasoning = spaced(isNextPart, rest);
}

void OutputReader::addArguments(qint64 index, QByteArrayView text, Form form, Events &events)
{
    // Without a call that was begun there is no name to give; the end of the item has everything.
    if (const auto item = m_items.find(index); item != m_items.end() && item->second.call)
        continueCall(*item->second.call, text, form, events);
}

void OutputReader::addAnnotation(Place place, json::Value annotation, Events &events)
{
    ++m_items[place.item].parts[place.part].annotations;
    QByteArray text = chatAnnotation(annotation);
    if (text.isEmpty())
        return;
    m_hasAnnotations = true;
    appendUseful(events).delta.annotation = std::move(text);
}

void OutputReader::addAnnotations(Place place, json::Value annotations, Events &events)
{
    const size_t said = m_items[place.item].parts[place.part].annotations;
    size_t position = 0;
    for (const json::Value annotation : annotations.elements()) {
        if (position++ >= said)
            addAnnotation(place, annotation, events);
    }
}

void OutputReader::addPart(Place place, json::Value part, Events &events)
{
    const QByteArrayView type = part["type"].string();
    if (type == "output_text" || type == "text") {
        addText(place, part["text"].string(), Form::Snapshot, events);
        addAnnotations(place, part["annotations"], events);
    } else if (type == "refusal") {
        addRefusal(place, part["refusal"].string(), Form::Snapshot, events);
    } else if (type == "reasoning_text" || type == "reasoning") {
        addThought(place, Thought::Raw, part["text"].string(), Form::Snapshot, events);
    } else if (type == "summary_text" || type == "reasoning_summary_text") {
        addThought(place, Thought::Summary, part["text"].string(), Form::Snapshot, events);
    }
}

void OutputReader::addThoughts(qint64 index, json::Value item, Events &events)
{
    qint64 part = 0;
    for (const json::Value summary : item["summary"].elements())
        addThought({index, part++}, Thought::Summary, summary["text"].string(), Form::Snapshot, events);
    part = 0;
    for (const json::Value content : item["content"].elements())
        addThought({index, part++}, Thought::Raw, content["text"].string(), Form::Snapshot, events);
}

// Summaries go along: an item comes back as it was.
void OutputReader::addReasoningDetails(json::Value item, Position position, Events &events)
{
    const ThoughtId id{.origin = m_settings.origin,
                       .calls = position.calls,
                       .isAfterText = position.isAfterText,
                       .id = item["id"].toByteArray()};
    const auto append = [&](ReasoningDetail detail) {
        detail.id = id.text();
        detail.format = kResponsesReasoning.toByteArray();
        appendUseful(events).delta.reasoningDetail = toJson(detail, m_detailCount++);
    };
    for (const json::Value summary : item["summary"].elements())
        append({.kind = ReasoningDetail::Kind::Text, .text = summary["text"].toByteArray()});
    if (const json::Value data = item["encrypted_content"]; !data.string().isEmpty())
        append({.kind = ReasoningDetail::Kind::Encrypted, .data = data.toByteArray()});
}

void OutputReader::finishItem(qint64 index, json::Value value, Events &events)
{
    const QByteArrayView type = value["type"].string();
    Item &item = m_items[index];
    if (type == "message") {
        qint64 part = 0;
        for (const json::Value content : value["content"].elements())
            addPart({index, part++}, content, events);
    } else if (type == "reasoning") {
        addThoughts(index, value, events);
        if (!item.isFinished)
            addReasoningDetails(value, item.position.value_or(position()), events);
    } else if (isCall(type)) {
        finishCall(item, value, events);
    }
    item.isFinished = true;
}

void OutputReader::finishCall(Item &item, json::Value value, Events &events)
{
    const bool isBegun = item.call && m_calls[*item.call].id == callId(value);
    if (!isBegun) {
        if (takeApart(value, events))
            return;
        item.call = startCall(callId(value), value["name"].string(), isCustomCall(value), events);
    }
    continueCall(*item.call, argumentsOf(value), Form::Snapshot, events);
    closeCall(*item.call, events);
    m_calls[*item.call].isFinished = true;
}

bool OutputReader::takeApart(json::Value value, Events &events)
{
    if (!isWrapper(value))
        return false;
    const QByteArrayView id = callId(value);
    if (!id.isEmpty() && m_callsById.contains(id))
        return true;
    const std::vector<WrappedCall> calls = wrappedCalls(argumentsOf(value));
    for (size_t i = 0; i < calls.size(); ++i) {
        const QByteArray ownId = id.isEmpty() ? QByteArray() : id.toByteArray() + '_' + QByteArray::number(i);
        const size_t call = startCall(ownId, calls[i].name, false, events);
        continueCall(call, calls[i].arguments, Form::Snapshot, events);
        if (!id.isEmpty())
            m_callsById.emplace(id.toByteArray(), call); // so that it is not taken apart again
    }
    return !calls.empty();
}

size_t OutputReader::startCall(QByteArrayView id, QByteArrayView name, bool isCustom, Events &events)
{
    const size_t index = m_calls.size();
    m_calls.push_back({.id = id.toByteArray(), .isCustom = isCustom, .arguments = {}});
    QByteArray told = id.toByteArray();
    if (told.isEmpty() || !m_callsById.emplace(told, index).second)
        told = (told.isEmpty() ? "call_" + m_responseId : told) + '_' + QByteArray::number(index);
    appendUseful(events).delta.toolCall = ChatDelta::ToolCall{
        .index = static_cast<int>(index), .id = std::move(told), .name = name.toByteArray(), .isCustom = isCustom};
    return index;
}

void OutputReader::continueCall(size_t index, QByteArrayView text, Form form, Events &events)
{
    Call &call = m_calls[index];
    const QByteArrayView rest = call.arguments.add(text, form);
    if (rest.isEmpty())
        return;
    appendUseful(events, rest.size()).delta.toolCall = ChatDelta::ToolCall{
        .index = static_cast<int>(index), .arguments = rest.toByteArray(), .isCustom = call.isCustom};
}

// Clients parse the arguments of a function as JSON.
void OutputReader::closeCall(size_t index, Events &events)
{
    if (m_calls[index].arguments.isEmpty() && !m_calls[index].isCustom)
        continueCall(index, "{}", Form::Snapshot, events);
}

void OutputReader::finish(json::Value response, Outcome outcome, Events &events)
{
    if (!m_hasText && !m_hasRefusal)
        addText({}, response["output_text"].string(), Form::Snapshot, events);
    for (size_t i = 0; i < m_calls.size(); ++i)
        closeCall(i, events);
    ChatStreamEvent &last = appendUseful(events);
    last.delta.finishReason = finishReason(response, outcome, !m_calls.empty());
    last.usage = readUsage(response["usage"]);
}

// Relays may count the items of the last event in another way than those before, so that only kinds are looked at.
void OutputReader::addMissedItems(json::Value output, Events &events)
{
    const bool hasMessages = m_hasText || m_hasRefusal;
    const bool hasCalls = !m_calls.empty();
    const bool hasReasoning = m_hasReasoning;
    const bool hasDetails = m_detailCount > 0;
    const bool hasAnnotations = m_hasAnnotations;
    UnfinishedCalls unfinished;
    for (size_t i = 0; i < m_calls.size(); ++i) {
        if (!m_calls[i].isFinished)
            unfinished.emplace(m_calls[i].id, i);
    }
    Position position;
    qint64 index = 0;
    for (const json::Value item : output.elements()) {
        const QByteArrayView type = item["type"].string();
        if (type == "message" && !hasMessages) {
            finishItem(index, item, events);
        } else if (type == "message" && !hasAnnotations) {
            qint64 part = 0;
            for (const json::Value content : item["content"].elements())
                addAnnotations({index, part++}, content["annotations"], events);
        } else if (type == "reasoning") {
            if (!hasReasoning)
                addThoughts(index, item, events);
            if (!hasDetails)
                addReasoningDetails(item, position, events);
        } else if (isCall(type)) {
            if (hasCalls)
                addMissedCall(item, unfinished, events);
            else
                finishItem(index, item, events);
        }
        position = positionAfter(item, position);
        ++index;
    }
}

void OutputReader::addMissedCall(json::Value item, UnfinishedCalls &unfinished, Events &events)
{
    const QByteArrayView id = callId(item);
    if (const auto begun = unfinished.lower_bound(id); begun != unfinished.end() && begun->first == id) {
        continueCall(begun->second, argumentsOf(item), Form::Snapshot, events);
        unfinished.erase(begun);
    } else if (!id.isEmpty() && !m_callsById.contains(id)) {
        Item fresh;
        finishCall(fresh, item, events);
    }
}

OutputReader::Position OutputReader::positionAfter(json::Value item, Position before) const
{
    const QByteArrayView type = item["type"].string();
    if (isCall(type))
        before.calls += isWrapper(item) ? wrappedCalls(argumentsOf(item)).size() : 1;
    before.isAfterText = before.isAfterText || type == "message";
    return before;
}

bool OutputReader::isWrapper(json::Value item) const
{
    return m_settings.unwrapsParallel && isParallelWrapper(item["name"].string());
}

std::optional<Usage> readUsage(json::Value usage)
{
    if (!usage.isObject())
        return std::nullopt;
    const std::optional<qint64> inputTold = tokenCount(usage["input_tokens"]);
    const std::optional<qint64> outputTold = tokenCount(usage["output_tokens"]);
    const std::optional<double> cost = toldCost(usage);
    if (!inputTold && !outputTold && !cost)
        return std::nullopt; // it tells nothing, which is not the same as nothing used
    const qint64 input = inputTold.value_or(0);
    const qint64 output = outputTold.value_or(0);
    const qint64 total = tokenCount(usage["total_tokens"]).value_or(input + output);
    const json::Value details = usage["input_tokens_details"];
    const qint64 reasoning = tokenCount(usage["output_tokens_details"]["reasoning_tokens"]).value_or(0);
    Usage result;
    result.cachedInput = std::min(input, tokenCount(details["cached_tokens"]).value_or(0));
    result.cacheWrite = std::min(input - result.cachedInput, tokenCount(details["cache_write_tokens"]).value_or(0));
    result.input = input - result.cachedInput - result.cacheWrite;
    // Thoughts are part of the output; a total that says otherwise is believed, as in OpenAI's chat protocol.
    const bool isBeside = reasoning > output || (reasoning > 0 && total == input + output + reasoning);
    result.reasoning = reasoning;
    result.output = isBeside ? output : output - reasoning;
    result.cost = cost;
    return result;
}

} // namespace lunargate::openai_responses
