// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/gemini/response_reader.h"

#include "gateway/json/writer.h"
#include "gateway/providers/gemini/finish_reason.h"
#include "gateway/providers/gemini/media.h"
#include "gateway/providers/gemini/signatures.h"

#include <QCryptographicHash>

namespace lunargate::gemini {

namespace {

// Ids and names of models are short; one that is longer is none, lest a provider have every event repeat megabytes.
constexpr qsizetype kMaxIdBytes = 256;

QByteArray idOf(json::Value value)
{
    return value.string().size() <= kMaxIdBytes ? value.toByteArray() : QByteArray();
}

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

bool ResponseReader::read(json::Value response, const DeltaSink &sink)
{
    if (!response.isObject())
        return false;
    readHead(response);
    const json::Value candidate = response["candidates"].at(0);
    for (const json::Value part : candidate["content"]["parts"].elements()) {
        if (!readPart(part, sink))
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

Result<void> ResponseReader::conclude(const DeltaSink &sink, bool isCommitted)
{
    const Outcome outcome = outcomeOf(m_finishReason);
    const bool isFiltered = outcome == Outcome::Filtered || !m_blockReason.isEmpty();
    const bool isEmpty = m_textBytes == 0 && m_callIds.empty();
    if (outcome == Outcome::Broken && !isFiltered && m_callIds.empty()) {
        return std::unexpected(worthAnotherTry(
            "upstream_malformed_call", "the model wrote a function call that makes no sense (" + m_finishReason + ")"));
    }
    if (isEmpty && !isCommitted && outcome == Outcome::Stopped && !isFiltered)
        return std::unexpected(worthAnotherTry("upstream_empty_answer", "the provider's answer is empty"));
    if (m_grounding) {
        for (QByteArray &annotation : m_grounding->annotations())
            sink({.annotation = std::move(annotation)}, DeltaKind::Words);
    }
    // Calls before the limit or the filter may be only some of those that the model had in mind.
    if (isFiltered)
        sink({.refusal = refusal(), .finishReason = FinishReason::ContentFilter}, DeltaKind::Words);
    else if (outcome == Outcome::Cut)
        sink({.finishReason = FinishReason::Length}, DeltaKind::Words);
    else
        sink({.finishReason = m_callIds.empty() ? FinishReason::Stop : FinishReason::ToolCalls}, DeltaKind::Words);
    return {};
}

void ResponseReader::readHead(json::Value response)
{
    if (m_id.isEmpty())
        m_id = idOf(response["responseId"]);
    if (m_model.isEmpty())
        m_model = idOf(response["modelVersion"]);
    if (const json::Value reason = response["promptFeedback"]["blockReason"]; !reason.string().isEmpty())
        m_blockReason = reason.toByteArray();
    m_hasNewUsage = m_usage.read(response["usageMetadata"]);
}

// Kinds of parts that were not asked for (code that Google ran) are passed over.
bool ResponseReader::readPart(json::Value part, const DeltaSink &sink)
{
    if (part["functionCall"].exists())
        return readCall(part, sink);
    const QByteArrayView signature = part["thoughtSignature"].string();
    if (part["thought"].boolean() == true)
        readThought(part, sink);
    else if (const json::Value media = part["inlineData"]; media.isObject())
        readText(markdownOf(media["mimeType"].string(), media["data"].string()), DeltaKind::Picture, signature, sink);
    else
        readText(part["text"].toByteArray(), DeltaKind::Words, signature, sink);
    return true;
}

void ResponseReader::readThought(json::Value part, const DeltaSink &sink)
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
        sink(std::move(delta), DeltaKind::Words);
}

void ResponseReader::readText(QByteArray text, DeltaKind kind, QByteArrayView signature, const DeltaSink &sink)
{
    const qsizetype begin = m_textBytes;
    m_textBytes += text.size();
    if (m_grounding)
        m_grounding->append(text);
    ChatDelta delta{.text = std::move(text)};
    if (!signature.isEmpty())
        delta.reasoningDetail = toJson(textSignature(begin, m_textBytes, signature), m_details++);
    if (!delta.text.isEmpty() || !delta.reasoningDetail.isEmpty())
        sink(std::move(delta), kind);
}

bool ResponseReader::readCall(json::Value part, const DeltaSink &sink)
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
    sink({.toolCall = std::move(result)}, DeltaKind::Words);
    return true;
}

// The provider's own, or one that is the same however the answer comes, and another in every answer.
QByteArray ResponseReader::uniqueId(json::Value call, QByteArrayView arguments) const
{
    QByteArray id = idOf(call["id"]);
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
