// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/gemini/response_reader.h"

#include "gateway/json/writer.h"
#include "gateway/providers/gemini/finish_reason.h"
#include "gateway/providers/gemini/media.h"
#include "gateway/providers/gemini/signatures.h"

#include <QCryptographicHash>

namespace lunargate::gemini {

namespace {

Error worthAnotherTry(const char *reason, const QByteArray &message)
{
    return {.kind = ErrorKind::UpstreamProtocol, .reason = reason, .message = message};
}

} // namespace

ResponseReader::ResponseReader(std::shared_ptr<const ToolNames> names, bool isGrounded) : m_names(std::move(names))
{
    if (isGrounded)
        m_grounding.emplace();
}

bool ResponseReader::read(json::Value response, std::vector<ChatDelta> &deltas)
{
    if (!response.isObject())
        return false;
    readHead(response);
    const json::Value candidate = response["candidates"].at(0);
    for (const json::Value part : candidate["content"]["parts"].elements()) {
        if (!readPart(part, deltas))
            return false;
    }
    if (const json::Value reason = candidate["finishReason"]; !reason.string().isEmpty()) {
        m_finishReason = reason.toByteArray();
        m_finishMessage = candidate["finishMessage"].toByteArray();
    }
    if (m_grounding)
        m_grounding->read(candidate["groundingMetadata"]);
    return true;
}

Result<void> ResponseReader::conclude(std::vector<ChatDelta> &deltas, bool isCommitted)
{
    const Outcome outcome = outcomeOf(m_finishReason);
    const bool isFiltered = outcome == Outcome::Filtered || !m_blockReason.isEmpty();
    const bool isEmpty = m_textBytes == 0 && m_callIds.empty();
    if (isEmpty && !isCommitted && outcome == Outcome::Broken) {
        return std::unexpected(worthAnotherTry(
            "upstream_malformed_call", "the model wrote a function call that makes no sense (" + m_finishReason + ")"));
    }
    if (isEmpty && !isCommitted && outcome == Outcome::Stopped && !isFiltered)
        return std::unexpected(worthAnotherTry("upstream_empty_answer", "the provider's answer is empty"));
    if (m_grounding) {
        for (QByteArray &annotation : m_grounding->annotations())
            deltas.push_back({.annotation = std::move(annotation)});
    }
    ChatDelta &last = deltas.emplace_back();
    if (!m_callIds.empty()) {
        last.finishReason = FinishReason::ToolCalls;
    } else if (isFiltered) {
        last.finishReason = FinishReason::ContentFilter;
        last.refusal = refusal();
    } else {
        last.finishReason = outcome == Outcome::Cut ? FinishReason::Length : FinishReason::Stop;
    }
    return {};
}

void ResponseReader::readHead(json::Value response)
{
    if (m_id.isEmpty())
        m_id = response["responseId"].toByteArray();
    if (m_model.isEmpty())
        m_model = response["modelVersion"].toByteArray();
    if (const json::Value reason = response["promptFeedback"]["blockReason"]; !reason.string().isEmpty())
        m_blockReason = reason.toByteArray();
    m_hasNewUsage = m_usage.read(response["usageMetadata"]);
}

// Kinds of parts that were not asked for (code that Google ran) are passed over.
bool ResponseReader::readPart(json::Value part, std::vector<ChatDelta> &deltas)
{
    if (part["functionCall"].exists())
        return readCall(part, deltas);
    const QByteArrayView signature = part["thoughtSignature"].string();
    if (part["thought"].boolean() == true)
        readThought(part, deltas);
    else if (const json::Value media = part["inlineData"]; media.isObject())
        readText(markdownOf(media["mimeType"].string(), media["data"].string()), signature, deltas);
    else
        readText(part["text"].toByteArray(), signature, deltas);
    return true;
}

void ResponseReader::readThought(json::Value part, std::vector<ChatDelta> &deltas)
{
    const QByteArrayView signature = part["thoughtSignature"].string();
    ChatDelta delta{.reasoning = part["text"].toByteArray()};
    if (!signature.isEmpty()) {
        delta.reasoningDetail = toJson({.kind = ReasoningDetail::Kind::Text,
                                        .text = delta.reasoning,
                                        .signature = signature.toByteArray(),
                                        .format = kGeminiReasoning.toByteArray()},
                                       m_details++);
    }
    if (!delta.reasoning.isEmpty() || !delta.reasoningDetail.isEmpty())
        deltas.push_back(std::move(delta));
}

void ResponseReader::readText(QByteArray text, QByteArrayView signature, std::vector<ChatDelta> &deltas)
{
    const qsizetype begin = m_textBytes;
    m_textBytes += text.size();
    if (m_grounding)
        m_grounding->append(text);
    ChatDelta delta{.text = std::move(text)};
    if (!signature.isEmpty())
        delta.reasoningDetail = toJson(textSignature(begin, m_textBytes, signature), m_details++);
    if (!delta.text.isEmpty() || !delta.reasoningDetail.isEmpty())
        deltas.push_back(std::move(delta));
}

bool ResponseReader::readCall(json::Value part, std::vector<ChatDelta> &deltas)
{
    const json::Value call = part["functionCall"];
    const json::Value arguments = call["args"];
    const bool hasArguments = arguments.exists() && !arguments.isNull();
    if (call["name"].string().isEmpty() || (hasArguments && !arguments.isObject()))
        return false;
    ChatDelta::ToolCall result{.index = static_cast<int>(m_callIds.size()),
                               .name = m_names->toClient(call["name"].string()),
                               .arguments = hasArguments ? json::toText(arguments) : QByteArray("{}")};
    result.id = uniqueId(call, result.arguments);
    if (const QByteArrayView signature = part["thoughtSignature"].string(); !signature.isEmpty())
        result.extraContent = extraContentOf(signature);
    m_callIds.insert(result.id);
    deltas.push_back({.toolCall = std::move(result)});
    return true;
}

// The provider's own, or one that is the same however the answer comes, and another in every answer.
QByteArray ResponseReader::uniqueId(json::Value call, QByteArrayView arguments) const
{
    QByteArray id = call["id"].toByteArray();
    for (size_t salt = m_callIds.size(); id.isEmpty() || m_callIds.contains(id); ++salt) {
        QCryptographicHash hash(QCryptographicHash::Sha256);
        hash.addData(m_id + ':' + QByteArray::number(salt) + ':' + call["name"].toByteArray() + ':');
        hash.addData(arguments);
        id = "call_" + hash.result().first(12).toHex();
    }
    return id;
}

QByteArray ResponseReader::refusal() const
{
    if (!m_blockReason.isEmpty())
        return "The provider refused the prompt (" + m_blockReason + ").";
    const QByteArray text = "The provider's filter ended the answer (" + m_finishReason + ").";
    return m_finishMessage.isEmpty() ? text : text + ' ' + m_finishMessage;
}

} // namespace lunargate::gemini
