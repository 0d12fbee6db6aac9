// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/observability/metric_labels.h"

#include "gateway/observability/request_record.h"

#include <array>

namespace lunargate {

namespace {

// The error types that providers document: OpenAI (type and, for quotas, code), Anthropic (error.type), Google
// (google.rpc.Code names). Other texts of theirs are counted as `other`.
constexpr std::array kUpstreamTypes = {
    "api_error",           "authentication_error",
    "billing_error",       "insufficient_quota",
    "internal_error",      "invalid_request_error",
    "not_found_error",     "overloaded_error",
    "permission_error",    "provider_error",
    "rate_limit_error",    "rate_limit_exceeded",
    "request_too_large",   "requests",
    "server_error",        "service_unavailable_error",
    "timeout_error",       "tokens",
    "upstream_error",      "DEADLINE_EXCEEDED",
    "FAILED_PRECONDITION", "INTERNAL",
    "INVALID_ARGUMENT",    "NOT_FOUND",
    "PERMISSION_DENIED",   "RESOURCE_EXHAUSTED",
    "UNAUTHENTICATED",     "UNAVAILABLE",
};

// Why a call can fail, but for the words of providers, which are all `upstream_error`.
constexpr std::array kFailureReasons = {
    "dns_error",
    "connect_error",
    "tls_error",
    "connection_closed",
    "connection_reset",
    "invalid_response",
    "connect_timeout",
    "header_timeout",
    "first_byte_timeout",
    "idle_timeout",
    "total_timeout",
    "request_timeout",
    "upstream_error",
    "upstream_incomplete",
    "upstream_invalid_answer",
    "upstream_no_content",
    "upstream_redirect",
    "upstream_malformed_event",
    "upstream_encoding",
    "upstream_answer_too_large",
    "provider_not_supported",
};

const char *upstreamTypeLabel(const QByteArray &type)
{
    for (const char *known : kUpstreamTypes) {
        if (type == known)
            return known;
    }
    return type.isEmpty() ? kNoLabel : kOtherLabel;
}

} // namespace

MetricLabels::MetricLabels(const KnownNames &names)
    : m_providers(names.providers.begin(), names.providers.end()),
      m_models(names.models.begin(), names.models.end()),
      m_routes(names.routes.begin(), names.routes.end())
{
    // The route of embeddings that name their provider themselves.
    m_routes.insert(QByteArrayLiteral("embeddings-direct"));
}

QByteArray MetricLabels::choose(const QSet<QByteArray> &known, const QByteArray &name)
{
    if (name.isEmpty())
        return QByteArray(kNoLabel);
    return known.contains(name) ? name : QByteArray(kOtherLabel);
}

std::string statusLabel(int status)
{
    return MetricLabels::status(status) == 0 ? kOtherLabel : std::to_string(status);
}

const char *failureReasonLabel(const QByteArray &reason)
{
    for (const char *known : kFailureReasons) {
        if (reason == known)
            return known;
    }
    return kOtherLabel;
}

const char *providerErrorLabel(const RequestRecord &record)
{
    if (record.isExhausted)
        return kAllFailed;
    if (!record.errorKind)
        return nullptr;
    switch (*record.errorKind) {
    case ErrorKind::UpstreamTransport:
        return "provider_error";
    case ErrorKind::DeadlineExceeded: // perhaps in a queue of ours
        return record.attempts > 0 ? "upstream_timeout" : nullptr;
    case ErrorKind::UpstreamTimeout:
        return "upstream_timeout";
    case ErrorKind::UpstreamProtocol:
        return "parse_error";
    case ErrorKind::UpstreamStatus:
        return upstreamTypeLabel(record.errorType);
    default:
        return nullptr;
    }
}

} // namespace lunargate
