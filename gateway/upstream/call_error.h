// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/error.h"

#include <chrono>

namespace lunargate {

/// How far a call to a provider came.
enum class CallPhase {
    Resolving,  ///< looking up the address, or about to use a kept connection
    Connecting, ///< TCP and TLS
    Waiting,    ///< the request goes out, the answer's head has not come
    Reading,    ///< the body comes in
};

/// What the words of an error need to know of the call. Never holds a path, a query or a key.
struct CallFacts
{
    QByteArray host; ///< with the port, if the URL names one
    bool tls = false;
    CallPhase phase = CallPhase::Resolving;
    std::chrono::milliseconds elapsed{0}; ///< since the call began
};

/// Why a call broke: a stable token, and the words for it in the middle of a sentence.
struct CallFailure
{
    const char *reason;
    QByteArray words;
};

/// The other side closed the connection.
CallFailure closedConnection(const CallFacts &facts);
/// The network failed in a way that has no better name.
CallFailure brokenConnection(const CallFacts &facts);

/// The sentence about `failure`. `tlsProblem` is what is wrong with the server's certificate, if known; `detail` is for
/// the log.
Error callError(const CallFacts &facts, const CallFailure &failure, const QByteArray &tlsProblem,
                const QByteArray &detail);

/// The limit for name lookup, TCP and TLS passed.
Error connectTimeoutError(const CallFacts &facts, std::chrono::milliseconds limit);
/// The answer's head did not come in time.
Error headerTimeoutError(const CallFacts &facts);
/// No byte of the body came for `waited`.
Error readTimeoutError(const CallFacts &facts, std::chrono::milliseconds waited);

} // namespace lunargate
