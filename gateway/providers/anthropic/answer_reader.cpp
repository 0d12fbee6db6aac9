// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/anthropic/answer_reader.h"

#include "gateway/chat/reasoning_detail.h"
#include "gateway/json/writer.h"
#include "gateway/providers/anthropic/error_reader.h"
#include "gateway/providers/anthropic/stop_reason.h"
#include "gateway/chat/thought_place.h"
#include "gateway/providers/anthropic/usage_reader.h"
#include "gateway/providers/anthropic/web_citation.h"
#include "gateway/providers/upstream_errors.h"

namespace lunargate::anthropic {

namespace {

// Anthropic's are about 30; whoever sends more does not mean a name.
constexpr qsizetype kMaxNameBytes = 256;

/// Reads the blocks of a message, one after the other.
class BlocksReader
{
public:
    BlocksReader(Completion &completion, const ToolNames &names) : m_completion(completion), m_names(names) {}

    // Blocks of other types are the inner affairs of Anthropic's own tools.
    void read(json::Value block)
    {
        const QByteArrayView type = block["type"].string();
        if (type == "text") {
            readText(block);
        } else if (type == "thinking") {
            m_completion.reasoning.append(block["thinking"].string());
            addDetail(thoughtDetail(block["thinking"].toByteArray(), block["signature"].toByteArray(), nextThoughtId(),
                                    detailCount()));
        } else if (type == "redacted_thinking") {
            addDetail(redactedDetail(block, nextThoughtId(), detailCount()));
        } else if (type == "tool_use") {
            const json::Value input = block["input"];
            m_completion.toolCalls.push_back(
                {.id = callId(block, m_completion.id, static_cast<int>(m_completion.toolCalls.size())),
                 .name = m_names.toClient(block["name"].string()),
                 .arguments = input.isObject() ? json::toText(input) : QByteArrayLiteral("{}")});
        }
    }

private:
    void readText(json::Value block)
    {
        const QByteArrayView text = block["text"].string();
        const qint64 begin = m_characters;
        m_characters += characterCount(text);
        m_completion.text.append(text);
        for (const json::Value citation : block["citations"].elements()) {
            if (QByteArray annotation = webCitation(citation, begin, m_characters); !annotation.isEmpty())
                m_completion.annotations.push_back(std::move(annotation));
        }
    }

    int detailCount() const { return static_cast<int>(m_completion.reasoningDetails.size()); }

    QByteArray nextThoughtId() const
    {
        const ThoughtPlace place{.textBytes = m_completion.text.size(),
                                 .calls = static_cast<qint64>(m_completion.toolCalls.size())};
        return thoughtId(place, m_completion.id, detailCount());
    }

    void addDetail(QByteArray detail)
    {
        if (!detail.isEmpty())
            m_completion.reasoningDetails.push_back(std::move(detail));
    }

    Completion &m_completion;
    const ToolNames &m_names;
    qint64 m_characters = 0; // of the text so far
};

} // namespace

std::expected<ModelAnswer, UpstreamFailure> readAnswer(QByteArrayView body, const ToolNames &names,
                                                       const SecretString &key)
{
    const std::optional<json::Document> document = json::Document::parse(body);
    if (!document || !document->root().isObject())
        return invalidAnswer("it is not a JSON object");
    const json::Value root = document->root();
    if (isErrorObject(root))
        return std::unexpected(UpstreamFailure{.error = readErrorObject(root, key), .fromProvider = true});
    if (!root["content"].isArray())
        return invalidAnswer("it has no content");
    Completion completion;
    completion.id = readName(root["id"]);
    completion.model = readName(root["model"]);
    BlocksReader blocks(completion, names);
    for (const json::Value block : root["content"].elements())
        blocks.read(block);
    completion.refusal = refusalText(root["stop_reason"], root["stop_details"]);
    completion.finishReason = finishReason(root["stop_reason"].string(), !completion.toolCalls.empty());
    UsageReader usage;
    usage.read(root["usage"]);
    return ModelAnswer{.body = {}, .completion = std::move(completion), .usage = usage.usage()};
}

QByteArray readName(json::Value name)
{
    return name.string().size() <= kMaxNameBytes ? name.toByteArray() : QByteArray();
}

QByteArray callId(json::Value block, QByteArrayView answerId, int position)
{
    QByteArray id = readName(block["id"]);
    return id.isEmpty() ? "call_" + answerId.toByteArray() + '_' + QByteArray::number(position) : id;
}

QByteArray thoughtDetail(QByteArray text, QByteArray signature, QByteArray id, int position)
{
    if (signature.isEmpty())
        return {}; // it would not be taken back
    return toJson({.kind = ReasoningDetail::Kind::Text,
                   .text = std::move(text),
                   .signature = std::move(signature),
                   .id = std::move(id),
                   .format = kAnthropicReasoning.toByteArray()},
                  position);
}

QByteArray redactedDetail(json::Value block, QByteArray id, int position)
{
    const json::Value data = block["data"];
    if (data.string().isEmpty())
        return {};
    return toJson({.kind = ReasoningDetail::Kind::Encrypted,
                   .data = data.toByteArray(),
                   .id = std::move(id),
                   .format = kAnthropicReasoning.toByteArray()},
                  position);
}

} // namespace lunargate::anthropic
