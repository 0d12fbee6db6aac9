// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/openai_responses/stream_reader.h"

#include "gateway/providers/openai_responses/error_reader.h"

#include <algorithm>

namespace lunargate::openai_responses {

namespace {

using Form = OutputReader::Form;
using Place = OutputReader::Place;
using Thought = OutputReader::Thought;
using Outcome = OutputReader::Outcome;
using Events = OutputReader::Events;

qint64 outputIndex(json::Value event)
{
    return event["output_index"].integer().value_or(0);
}

Place contentPlace(json::Value event)
{
    return {outputIndex(event), event["content_index"].integer().value_or(0)};
}

Place summaryPlace(json::Value event)
{
    return {outputIndex(event), event["summary_index"].integer().value_or(0)};
}

// Relays that do not know the form of `.done` put the text where pieces have it.
QByteArrayView snapshotOf(json::Value event, QByteArrayView member)
{
    const json::Value text = event[member];
    return text.isString() ? text.string() : event["delta"].string();
}

void introduce(OutputReader &output, json::Value event, Events &events)
{
    output.introduce(event["response"], events);
}

void addPart(OutputReader &output, json::Value event, Events &events)
{
    output.addPart(contentPlace(event), event["part"], events);
}

void addSummaryPart(OutputReader &output, json::Value event, Events &events)
{
    output.addThought(summaryPlace(event), Thought::Summary, event["part"]["text"].string(), Form::Snapshot, events);
}

void addArguments(OutputReader &output, json::Value event, Events &events)
{
    output.addArguments(outputIndex(event), event["delta"].string(), Form::Piece, events);
}

struct Row
{
    QByteArrayView type;
    void (*read)(OutputReader &output, json::Value event, Events &events) = nullptr;
};

// The events that say something of the answer, the frequent ones first (OpenAI API reference, "Streaming events").
constexpr Row kRows[] = {
    {"response.output_text.delta",
     [](OutputReader &output, json::Value event, Events &events) {
         output.addText(contentPlace(event), event["delta"].string(), Form::Piece, events);
     }},
    {"response.function_call_arguments.delta", &addArguments},
    {"response.custom_tool_call_input.delta", &addArguments},
    {"response.reasoning_summary_text.delta",
     [](OutputReader &output, json::Value event, Events &events) {
         output.addThought(summaryPlace(event), Thought::Summary, event["delta"].string(), Form::Piece, events);
     }},
    {"response.reasoning_text.delta",
     [](OutputReader &output, json::Value event, Events &events) {
         output.addThought(contentPlace(event), Thought::Raw, event["delta"].string(), Form::Piece, events);
     }},
    {"response.refusal.delta",
     [](OutputReader &output, json::Value event, Events &events) {
         output.addRefusal(contentPlace(event), event["delta"].string(), Form::Piece, events);
     }},
    {"response.created", &introduce},
    {"response.queued", &introduce},
    {"response.in_progress", &introduce},
    {"response.output_item.added", [](OutputReader &output, json::Value event,
                                      Events &events) { output.beginItem(outputIndex(event), event["item"], events); }},
    {"response.output_item.done", [](OutputReader &output, json::Value event,
                                     Events &events) { output.finishItem(outputIndex(event), event["item"], events); }},
    {"response.content_part.added", &addPart},
    {"response.content_part.done", &addPart},
    {"response.output_text.done",
     [](OutputReader &output, json::Value event, Events &events) {
         output.addText(contentPlace(event), snapshotOf(event, "text"), Form::Snapshot, events);
     }},
    {"response.output_text.annotation.added",
     [](OutputReader &output, json::Value event, Events &events) {
         output.addAnnotation(contentPlace(event), event["annotation"], events);
     }},
    {"response.refusal.done",
     [](OutputReader &output, json::Value event, Events &events) {
         output.addRefusal(contentPlace(event), snapshotOf(event, "refusal"), Form::Snapshot, events);
     }},
    {"response.reasoning_summary_part.added", &addSummaryPart},
    {"response.reasoning_summary_part.done", &addSummaryPart},
    {"response.reasoning_summary_text.done",
     [](OutputReader &output, json::Value event, Events &events) {
         output.addThought(summaryPlace(event), Thought::Summary, snapshotOf(event, "text"), Form::Snapshot, events);
     }},
    {"response.reasoning_text.done",
     [](OutputReader &output, json::Value event, Events &events) {
         output.addThought(contentPlace(event), Thought::Raw, snapshotOf(event, "text"), Form::Snapshot, events);
     }},
    {"response.function_call_arguments.done",
     [](OutputReader &output, json::Value event, Events &events) {
         output.addArguments(outputIndex(event), event["arguments"].string(), Form::Snapshot, events);
     }},
    {"response.custom_tool_call_input.done",
     [](OutputReader &output, json::Value event, Events &events) {
         output.addArguments(outputIndex(event), event["input"].string(), Form::Snapshot, events);
     }},
};

// `response.done` is what relays say that translate from the Realtime protocol.
bool isEnd(QByteArrayView type)
{
    static constexpr QByteArrayView kEnds[] = {"response.completed", "response.incomplete", "response.failed",
                                               "response.cancelled", "response.done"};
    return std::ranges::contains(kEnds, type);
}

} // namespace

void StreamReader::read(SseEvent event, Events &events)
{
    if (QByteArrayView(event.data).trimmed() == "[DONE]") {
        // Behind the protocol's own end mark it is never seen; in its place it says nothing about what is missing.
        fail(incompleteStream(), events);
        return;
    }
    const std::optional<json::Document> document = json::Document::parse(event.data);
    if (!document || !document->root().isObject()) {
        fail(malformedEvent(), events);
        return;
    }
    const json::Value root = document->root();
    const json::Value named = root["type"];
    const QByteArrayView type = named.isString() ? named.string() : QByteArrayView(event.type);
    if (const auto *row = std::ranges::find(kRows, type, &Row::type); row != std::end(kRows)) {
        row->read(m_output, root, events);
        return;
    }
    if (readEnd(type, root, events))
        return;
    if (root["choices"].isArray()) {
        // Its text would be taken for signs of life.
        Error error = malformedEvent();
        error.message += ": a chat.completion.chunk in an answer to POST /responses; name this provider without "
                         "`upstream_request_type: responses`";
        fail(std::move(error), events);
        return;
    }
    // What tools of the provider are doing is a sign of life.
    events.push_back({.kind = ChatStreamEvent::Kind::Comment});
}

bool StreamReader::readEnd(QByteArrayView type, json::Value event, Events &events)
{
    if (type == "error" || (type.isEmpty() && responseError(event).exists())) {
        failWith(readErrorEvent(event, m_key), event["usage"], events);
        return true;
    }
    if (!isEnd(type))
        return false;
    const json::Value response = event["response"];
    const QByteArrayView status = response["status"].string();
    const bool hasFailed = type == "response.failed" || type == "response.cancelled" || status == "failed" ||
                           status == "cancelled" || responseError(response).exists();
    if (hasFailed) {
        failWith(readResponseFailure(response, m_key), response["usage"], events);
        return true;
    }
    const bool isIncomplete = type == "response.incomplete" || status == "incomplete";
    m_output.introduce(response, events);
    m_output.addMissedItems(response["output"], events);
    m_output.finish(response, isIncomplete ? Outcome::Incomplete : Outcome::Complete, events);
    end(events);
    return true;
}

// What was used until then is charged all the same.
void StreamReader::failWith(Error error, json::Value usage, Events &events)
{
    fail(std::move(error), events);
    events.back().usage = readUsage(usage);
}

} // namespace lunargate::openai_responses
