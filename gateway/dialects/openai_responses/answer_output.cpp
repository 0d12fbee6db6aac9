// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/openai_responses/answer_output.h"

#include "gateway/dialects/openai_responses/carried_thoughts.h"
#include "gateway/dialects/openai_responses/item_ids.h"
#include "gateway/dialects/openai_responses/output_item.h"

namespace lunargate::responses {

namespace {

CarriedThoughts thoughtsOf(const Completion &completion)
{
    CarriedThoughts thoughts{.details = completion.reasoningDetails};
    for (const AnsweredToolCall &call : completion.toolCalls) {
        if (!call.extraContent.isEmpty())
            thoughts.extras.emplace_back(call.id, call.extraContent);
    }
    return thoughts;
}

std::vector<QByteArray> partsOf(const Completion &completion)
{
    std::vector<QByteArray> annotations;
    for (const QByteArray &annotation : completion.annotations) {
        if (QByteArray flat = flatAnnotation(annotation); !flat.isEmpty())
            annotations.push_back(std::move(flat));
    }
    std::vector<QByteArray> parts;
    if (!completion.text.isEmpty() || !annotations.empty())
        parts.push_back(textPart(completion.text, annotations));
    if (!completion.refusal.isEmpty())
        parts.push_back(refusalPart(completion.refusal));
    return parts;
}

/// What is written of an answer, item by item.
class Output
{
public:
    Output(const Completion &completion, const QByteArray &responseId) : m_responseId(responseId)
    {
        m_left = completion.toolCalls.size() + (partsOf(completion).empty() ? 0 : 1);
        m_isCut = !incompleteReason(completion.finishReason).isEmpty();
    }

    QByteArray nextId(QByteArrayView kind) { return itemId(kind, m_responseId, m_count++); }
    /// Only the last item is cut.
    QByteArrayView nextStatus() { return --m_left == 0 && m_isCut ? kIncomplete : kCompleted; }
    void add(const QByteArray &item)
    {
        m_json += m_json.isEmpty() ? '[' : ',';
        m_json += item;
    }
    QByteArray json() const { return m_json.isEmpty() ? QByteArray("[]") : m_json + ']'; }

private:
    const QByteArray &m_responseId;
    QByteArray m_json;
    qsizetype m_count = 0;
    size_t m_left = 0;
    bool m_isCut = false;
};

} // namespace

QByteArrayView statusOf(FinishReason reason)
{
    switch (reason) {
    case FinishReason::Stop:
    case FinishReason::ToolCalls:
        return kCompleted;
    case FinishReason::Length:
    case FinishReason::ContentFilter:
        return kIncomplete;
    case FinishReason::Error:
        return "failed";
    }
    Q_UNREACHABLE_RETURN(kCompleted);
}

QByteArrayView incompleteReason(FinishReason reason)
{
    if (reason == FinishReason::Length)
        return "max_output_tokens";
    return reason == FinishReason::ContentFilter ? QByteArrayView("content_filter") : QByteArrayView();
}

Error cutAnswer()
{
    return {.kind = ErrorKind::UpstreamProtocol,
            .reason = "upstream_incomplete",
            .message = "the provider says that it did not complete the answer"};
}

QByteArray answerOutput(const Completion &completion, const QByteArray &responseId, const ClientTools &tools)
{
    Output output(completion, responseId);
    const CarriedThoughts thoughts = thoughtsOf(completion);
    if (!completion.reasoning.isEmpty() || !thoughts.isEmpty()) {
        output.add(reasoningItem(output.nextId("rs"),
                                 completion.reasoning.isEmpty() ? QByteArray() : summaryPart(completion.reasoning),
                                 encoded(thoughts)));
    }
    if (const std::vector<QByteArray> parts = partsOf(completion); !parts.empty()) {
        const QByteArray id = output.nextId("msg");
        output.add(messageItem(id, output.nextStatus(), parts));
    }
    for (const AnsweredToolCall &call : completion.toolCalls) {
        const ClientTool tool = calledTool(tools, call.name, call.isCustom);
        const bool isWrapped = tool.isCustom && !call.isCustom;
        const QByteArray id = output.nextId(callIdKind(tool));
        output.add(
            callItem(id, output.nextStatus(), call.id, tool, isWrapped ? customInput(call.arguments) : call.arguments));
    }
    return output.json();
}

} // namespace lunargate::responses
