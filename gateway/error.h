// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <chrono>
#include <expected>
#include <optional>

namespace lunargate {

/// What went wrong, in terms of who has to act. `httpStatus()` and `errorType()` map it for clients.
enum class ErrorKind {
    InvalidRequest,    ///< the client sent something that cannot work; 400
    MissingKey,        ///< the client showed no key; 401
    InvalidKey,        ///< the client showed a key that is not ours; 401
    Forbidden,         ///< not from here (Host or Origin not allowed); 403
    NotFound,          ///< no such path or model; 404
    MethodNotAllowed,  ///< the path exists, the method does not; 405
    RequestTimeout,    ///< the client was too slow to send its request; 408
    PayloadTooLarge,   ///< the body is over the limit; 413
    HeadersTooLarge,   ///< the header block is over the limit; 431
    UpgradeRequired,   ///< the path is for another protocol; 426
    RateLimited,       ///< the client used up what it may; 429
    ClientCancelled,   ///< the client went away; 499 in logs and metrics, nobody reads it
    Internal,          ///< a fault of ours; 500
    NoRoute,           ///< no route of the configuration matches; 502
    UpstreamTransport, ///< the provider could not be reached, or the connection broke; 502
    UpstreamTimeout,   ///< the provider was too slow; 502
    UpstreamStatus,    ///< the provider answered with an error status; that status
    UpstreamProtocol,  ///< the provider's answer makes no sense; 502
    Overloaded,        ///< a limit of the gateway itself is reached; 503
    DeadlineExceeded,  ///< all attempts together took longer than a request may; 504
};

/// What a provider does not like about a request that is well-formed: another model may take it.
enum class Refusal {
    None,
    ContextLength, ///< it is too long for the model
    ContentFilter, ///< its content, or the answer's
};

/// A failure as a value: what the client may read, what the log gets, and what to do next.
struct Error
{
    ErrorKind kind = ErrorKind::Internal;
    /// Stable token such as `no_route`: the error code, the log field and the metric label at once.
    QByteArray reason;
    /// A sentence for the client that says what to do. UTF-8, never holds a secret.
    QByteArray message;
    /// For the log only.
    QByteArray detail = {};
    /// The JSON field or header at fault, if there is one.
    QByteArray param = {};
    /// With UpstreamStatus: the provider's status.
    int upstreamStatus = 0;
    /// With UpstreamStatus: the `error.type` that the provider sent.
    QByteArray upstreamType = {};
    /// With UpstreamStatus: the `error.code` that the provider sent, which is what the client gets as code.
    QByteArray upstreamCode = {};
    /// What the provider says about it, as far as it is one of the cases that routes can fall back on.
    Refusal refusal = Refusal::None;
    /// How long to wait before another try makes sense, if somebody said so.
    std::optional<std::chrono::milliseconds> retryAfter = {};
};

template <typename T>
using Result = std::expected<T, Error>;

/// The status line's code for `error`.
int httpStatus(const Error &error);

/// The `type` of an OpenAI error object, for example `invalid_request_error`.
QByteArray errorType(const Error &error);

/// The `code` of an OpenAI error object; empty if there is none: a provider's error has the provider's own.
QByteArray errorCode(const Error &error);

} // namespace lunargate
