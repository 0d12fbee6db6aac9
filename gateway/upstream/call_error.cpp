// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/upstream/call_error.h"

namespace lunargate {

namespace {

using std::chrono::milliseconds;

// "350 ms", "12.5 s"
QByteArray inWords(milliseconds duration)
{
    if (duration < milliseconds(1000))
        return QByteArray::number(static_cast<qint64>(duration.count())) + " ms";
    return QByteArray::number(static_cast<double>(duration.count()) / 1000.0, 'g', 4) + " s";
}

QByteArray inWords(CallPhase phase)
{
    switch (phase) {
    case CallPhase::Resolving:
        return "while looking up its address";
    case CallPhase::Connecting:
        return "while connecting";
    case CallPhase::Waiting:
        return "while waiting for its answer";
    case CallPhase::Reading:
        return "in the middle of its answer";
    }
    Q_UNREACHABLE_RETURN({});
}

} // namespace

CallFailure closedConnection(const CallFacts &facts)
{
    switch (facts.phase) {
    case CallPhase::Resolving:
    case CallPhase::Connecting:
        if (facts.tls)
            return {"tls_error", "the connection was closed during the TLS handshake"};
        return {"connection_closed", "the connection was closed at once"};
    case CallPhase::Waiting:
        return {"connection_closed", "the connection was closed before a valid answer came"};
    case CallPhase::Reading:
        return {"connection_closed", "the connection was closed before the answer was complete"};
    }
    Q_UNREACHABLE_RETURN({});
}

CallFailure brokenConnection(const CallFacts &facts)
{
    if (facts.phase == CallPhase::Waiting || facts.phase == CallPhase::Reading)
        return {"connection_reset", "the connection broke"};
    return {"connect_error", "no connection could be made"};
}

Error callError(const CallFacts &facts, const CallFailure &failure, const QByteArray &tlsProblem,
                const QByteArray &detail)
{
    QByteArray message = facts.host + " could not be used: " + failure.words;
    if (qstrcmp(failure.reason, "tls_error") == 0 && !tlsProblem.isEmpty())
        message += " (" + tlsProblem + ')';
    message += ", " + inWords(facts.phase) + ", after " + inWords(facts.elapsed) + '.';
    return Error{.kind = ErrorKind::UpstreamTransport, .reason = failure.reason, .message = message, .detail = detail};
}

Error connectTimeoutError(const CallFacts &facts, milliseconds limit)
{
    return Error{.kind = ErrorKind::UpstreamTimeout,
                 .reason = "connect_timeout",
                 .message = facts.host + " could not be reached within the connect timeout of " + inWords(limit) +
                            ": given up " + inWords(facts.phase) + ", after " + inWords(facts.elapsed) + '.'};
}

Error headerTimeoutError(const CallFacts &facts)
{
    return Error{.kind = ErrorKind::UpstreamTimeout,
                 .reason = "header_timeout",
                 .message = facts.host + " did not begin its answer in time: given up " + inWords(facts.phase) +
                            ", after " + inWords(facts.elapsed) + '.'};
}

Error readTimeoutError(const CallFacts &facts, milliseconds waited)
{
    return Error{.kind = ErrorKind::UpstreamTimeout,
                 .reason = "read_timeout",
                 .message = facts.host + " sent nothing for " + inWords(waited) + ": given up " + inWords(facts.phase) +
                            ", after " + inWords(facts.elapsed) + '.'};
}

} // namespace lunargate
