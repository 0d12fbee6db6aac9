// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/upstream_errors.h"

#include "gateway/resilience/retry_hints.h"

#include <algorithm>

namespace lunargate {

namespace {

// A page of HTML or a stack trace says what it has to say in its beginning.
constexpr qsizetype kMaxRawText = 2048;

// A key that short is a placeholder (`none`, `x`), and would blot out innocent words, as in the log.
constexpr qsizetype kShortestSecret = 6;

QByteArray rawText(QByteArrayView body)
{
    return body.first(std::min(body.size(), kMaxRawText)).trimmed().toByteArray();
}

struct Word
{
    QByteArrayView text;
    Refusal refusal = Refusal::None;
};

// Codes and types: OpenAI and those who follow it; OpenRouter (`error_type`), llama.cpp, Azure.
constexpr Word kWords[] = {
    {"context_length_exceeded", Refusal::ContextLength},
    {"token_limit_exceeded", Refusal::ContextLength},
    {"exceed_context_size_error", Refusal::ContextLength},
    {"content_filter", Refusal::ContentFilter},
    {"content_policy_violation", Refusal::ContentFilter},
    {"image_content_policy_violation", Refusal::ContentFilter},
    {"ResponsibleAIPolicyViolation", Refusal::ContentFilter},
};

Refusal refusalOf(const ProviderComplaint &complaint)
{
    if (complaint.refusal != Refusal::None)
        return complaint.refusal;
    for (const Word &word : kWords) {
        if (complaint.code == word.text || complaint.type == word.text)
            return word.refusal;
    }
    return Refusal::None;
}

Error protocolError(const char *reason, const QByteArray &message)
{
    return {.kind = ErrorKind::UpstreamProtocol, .reason = reason, .message = message};
}

} // namespace

QByteArray withoutKey(const SecretString &key, QByteArray text)
{
    return key.reveal().size() < kShortestSecret ? text : text.replace(key.reveal(), "***");
}

UpstreamFailure errorAnswer(const UpstreamHead &head, QByteArrayView body, const ProviderComplaint &complaint,
                            const SecretString &key)
{
    ProviderComplaint full = complaint;
    if (full.message.isEmpty())
        full.message = rawText(body);
    if (full.message.isEmpty())
        full.message = "provider returned status " + QByteArray::number(head.status);
    const RetryHints hints = readRetryHints(head.headers, std::chrono::system_clock::now());
    UpstreamFailure failure{.error = errorInside(full, head.status, key),
                            .headers = head.headers,
                            .shouldRetry = hints.shouldRetry,
                            .fromProvider = true};
    failure.error.retryAfter = hints.retryAfter;
    return failure;
}

Error errorInside(const ProviderComplaint &complaint, int status, const SecretString &key)
{
    return {.kind = status == 0 ? ErrorKind::UpstreamProtocol : ErrorKind::UpstreamStatus,
            .reason = "upstream_error",
            .message = complaint.message.isEmpty() ? QByteArray("the provider reported an error")
                                                   : withoutKey(key, complaint.message),
            .param = withoutKey(key, complaint.param),
            .upstreamStatus = status,
            .upstreamType = withoutKey(key, complaint.type),
            .upstreamCode = withoutKey(key, complaint.code),
            .refusal = refusalOf(complaint)};
}

std::unexpected<UpstreamFailure> invalidAnswer(const QByteArray &problem)
{
    return std::unexpected(UpstreamFailure{.error = {.kind = ErrorKind::UpstreamProtocol,
                                                     .reason = "upstream_invalid_answer",
                                                     .message = "failed to parse provider response: " + problem},
                                           .fromProvider = true});
}

Error incompleteStream()
{
    return protocolError("upstream_incomplete",
                         "the provider's stream ended without its end mark: the answer is incomplete");
}

Error cutAnswer()
{
    return protocolError("upstream_incomplete", "the provider broke off its answer");
}

Error malformedEvent()
{
    return protocolError("upstream_malformed_event", "the provider sent a stream event that makes no sense");
}

Error tooLargeEvent(qsizetype limit)
{
    return protocolError("upstream_event_too_large",
                         "the provider sent a stream event over " + QByteArray::number(limit >> 20) + " MiB");
}

} // namespace lunargate
