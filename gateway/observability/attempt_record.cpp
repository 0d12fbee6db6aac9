// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/observability/attempt_record.h"

namespace lunargate {

AttemptOutcome attemptOutcome(const Error &error)
{
    switch (error.kind) {
    case ErrorKind::UpstreamStatus:
        if (httpStatus(error) == 429)
            return AttemptOutcome::RateLimited;
        return httpStatus(error) < 500 ? AttemptOutcome::ClientError : AttemptOutcome::ServerError;
    case ErrorKind::UpstreamTimeout:
    case ErrorKind::DeadlineExceeded:
        return AttemptOutcome::Timeout;
    case ErrorKind::UpstreamTransport:
        return AttemptOutcome::Transport;
    case ErrorKind::UpstreamProtocol:
        return AttemptOutcome::Protocol;
    case ErrorKind::ClientCancelled:
        return AttemptOutcome::Cancelled;
    default:
        return AttemptOutcome::InternalError;
    }
}

const char *outcomeLabel(AttemptOutcome outcome)
{
    switch (outcome) {
    case AttemptOutcome::Success:
        return "success";
    case AttemptOutcome::RateLimited:
        return "rate_limited";
    case AttemptOutcome::ClientError:
        return "client_error";
    case AttemptOutcome::ServerError:
        return "server_error";
    case AttemptOutcome::Timeout:
        return "timeout";
    case AttemptOutcome::Transport:
        return "transport";
    case AttemptOutcome::Protocol:
        return "protocol";
    case AttemptOutcome::Cancelled:
        return "cancelled";
    case AttemptOutcome::Superseded:
        return "superseded";
    case AttemptOutcome::InternalError:
        return "internal_error";
    }
    Q_UNREACHABLE_RETURN("");
}

void AttemptRecord::setError(const Error &error)
{
    outcome = attemptOutcome(error);
    status = error.upstreamStatus;
    errorReason = error.reason;
    errorCode = error.upstreamCode;
}

} // namespace lunargate
