// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/error.h"

namespace lunargate {

namespace {

struct KindRow
{
    ErrorKind kind;
    int status;
    const char *type;
};

// The only place that maps kinds to the wire.
constexpr KindRow kKinds[] = {
    {ErrorKind::InvalidRequest, 400, "invalid_request_error"},
    {ErrorKind::MissingKey, 401, "authentication_error"},
    {ErrorKind::InvalidKey, 401, "invalid_api_key"},
    {ErrorKind::Forbidden, 403, "permission_error"},
    {ErrorKind::NotFound, 404, "invalid_request_error"},
    {ErrorKind::MethodNotAllowed, 405, "invalid_request_error"},
    {ErrorKind::RequestTimeout, 408, "invalid_request_error"},
    {ErrorKind::PayloadTooLarge, 413, "invalid_request_error"},
    {ErrorKind::HeadersTooLarge, 431, "invalid_request_error"},
    {ErrorKind::UpgradeRequired, 426, "invalid_request_error"},
    {ErrorKind::RateLimited, 429, "rate_limit_error"},
    {ErrorKind::ClientCancelled, 499, "client_cancelled"},
    {ErrorKind::Internal, 500, "internal_error"},
    {ErrorKind::NoRoute, 502, "routing_error"},
    {ErrorKind::UpstreamTransport, 502, "provider_error"},
    {ErrorKind::UpstreamTimeout, 502, "upstream_timeout"},
    {ErrorKind::UpstreamStatus, 502, "upstream_error"},
    {ErrorKind::UpstreamProtocol, 502, "provider_error"},
    {ErrorKind::Overloaded, 503, "overloaded_error"},
    {ErrorKind::DeadlineExceeded, 504, "upstream_timeout"},
};

const KindRow &row(ErrorKind kind)
{
    for (const KindRow &candidate : kKinds) {
        if (candidate.kind == kind)
            return candidate;
    }
    Q_UNREACHABLE_RETURN(kKinds[0]);
}

} // namespace

int httpStatus(const Error &error)
{
    if (error.kind == ErrorKind::UpstreamStatus && error.upstreamStatus >= 400 && error.upstreamStatus <= 599)
        return error.upstreamStatus;
    return row(error.kind).status;
}

QByteArray errorCode(const Error &error)
{
    return error.kind == ErrorKind::UpstreamStatus ? error.upstreamCode : error.reason;
}

QByteArray errorType(const Error &error)
{
    if (error.kind == ErrorKind::UpstreamStatus && !error.upstreamType.isEmpty())
        return error.upstreamType;
    if (error.kind == ErrorKind::UpstreamStatus && error.upstreamStatus == 429)
        return QByteArrayLiteral("rate_limit_error");
    return QByteArray(row(error.kind).type);
}

} // namespace lunargate
