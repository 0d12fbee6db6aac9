// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/finish_reason.h"
#include "tests/unit/providers/openai_responses/responses_testing.h"

// What the tests of its streams share.
namespace lunargate::test {

inline const OpenAiResponsesProvider &provider()
{
    static const OpenAiResponsesProvider kProvider(responsesConfig());
    return kProvider;
}

/// The events of a stream that comes at once.
inline std::vector<ChatStreamEvent> read(const QByteArray &stream)
{
    const std::unique_ptr<ProviderCall> call = anyCall(provider());
    return readStream(*call->streamReader(), stream, stream.size(), 1);
}

/// What the events say in sum, one line a kind.
inline QByteArrayList summary(const std::vector<ChatStreamEvent> &events)
{
    QByteArray text, reasoning, refusal, details, annotations, calls, end;
    for (const ChatStreamEvent &event : events) {
        const ChatDelta &delta = event.delta;
        text += delta.text;
        reasoning += delta.reasoning;
        refusal += delta.refusal;
        details += delta.reasoningDetail;
        annotations += delta.annotation;
        if (delta.toolCall && !delta.toolCall->id.isEmpty()) {
            calls += " #" + QByteArray::number(delta.toolCall->index) + ' ' + delta.toolCall->id + ' ' +
                     delta.toolCall->name + (delta.toolCall->isCustom ? "* " : " ");
        }
        if (delta.toolCall)
            calls += delta.toolCall->arguments;
        if (delta.finishReason)
            end += finishReasonText(*delta.finishReason);
        if (event.kind == ChatStreamEvent::Kind::End)
            end += " end";
        if (event.kind == ChatStreamEvent::Kind::Failure)
            end += "failure " + event.error.reason;
    }
    QByteArrayList lines;
    for (const auto &[name, value] : {std::pair{"text ", text},
                                      {"reasoning ", reasoning},
                                      {"refusal ", refusal},
                                      {"details ", details},
                                      {"annotations ", annotations},
                                      {"calls", calls}}) {
        if (!value.isEmpty())
            lines.append(name + value);
    }
    lines.append(end);
    return lines;
}

inline const QByteArray kCompleted = R"({"type":"response.completed","response":{"status":"completed","output":[]}})";

/// A text with every event that tells it, and the end.
inline const QByteArrayList kTextItem = {
    R"({"type":"response.output_item.added","output_index":0,"item":{"id":"msg_9","type":"message","role":"assistant","content":[]}})",
    R"({"type":"response.content_part.added","item_id":"msg_9","output_index":0,"content_index":0,"part":{"type":"output_text","text":"","annotations":[]}})",
    R"({"type":"response.output_text.delta","item_id":"msg_9","output_index":0,"content_index":0,"delta":"Hel"})",
    R"({"type":"response.output_text.delta","item_id":"other","output_index":0,"content_index":0,"delta":"lo","obfuscation":"x"})",
    R"({"type":"response.output_text.done","item_id":"msg_9","output_index":0,"content_index":0,"text":"Hello"})",
    R"({"type":"response.content_part.done","item_id":"msg_9","output_index":0,"content_index":0,"part":{"type":"output_text","text":"Hello"}})",
    R"({"type":"response.output_item.done","output_index":0,"item":{"id":"msg_9","type":"message","content":[{"type":"output_text","text":"Hello"}]}})",
    R"({"type":"response.completed","response":{"id":"resp_9","status":"completed","output_text":"Hello","output":[{"id":"msg_9","type":"message","content":[{"type":"output_text","text":"Hello"}]}]}})"};

} // namespace lunargate::test
