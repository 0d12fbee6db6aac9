// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/upstream/network_error.h"

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

struct Cause
{
    const char *reason;
    QByteArray words;
};

Cause closedConnection(const CallFacts &facts)
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

Cause causeOf(const CallFacts &facts, QNetworkReply::NetworkError code)
{
    switch (code) {
    case QNetworkReply::HostNotFoundError:
        return {"dns_error", "no address is known for this name"};
    case QNetworkReply::ConnectionRefusedError:
        return {"connect_error", "the connection was refused"};
    case QNetworkReply::SslHandshakeFailedError:
        return {"tls_error", "the TLS handshake failed"};
    case QNetworkReply::RemoteHostClosedError:
    case QNetworkReply::ContentReSendError: // closed before an answer, and we do not send it twice (UploadBody)
        return closedConnection(facts);
    case QNetworkReply::ProtocolFailure:
    case QNetworkReply::ProtocolUnknownError:
    case QNetworkReply::UnknownContentError:
        return {"invalid_response", "the answer is not valid HTTP"};
    case QNetworkReply::ProxyConnectionRefusedError:
    case QNetworkReply::ProxyConnectionClosedError:
    case QNetworkReply::ProxyTimeoutError:
        return {"connect_error", "the proxy does not answer"};
    case QNetworkReply::ProxyNotFoundError:
        return {"connect_error", "the proxy is unknown or cannot be used"};
    case QNetworkReply::ProxyAuthenticationRequiredError:
        return {"connect_error", "the proxy asks for a user name and password"};
    case QNetworkReply::TimeoutError:
        return {"connect_error", "the network gave up waiting"};
    default:
        if (facts.phase == CallPhase::Waiting || facts.phase == CallPhase::Reading)
            return {"connection_reset", "the connection broke"};
        return {"connect_error", "no connection could be made"};
    }
}

} // namespace

bool isTransportFailure(QNetworkReply::NetworkError code, bool hasHead)
{
    if (code == QNetworkReply::NoError)
        return false;
    if (!hasHead)
        return true;
    // 1-99: network, 101-199: proxy, 301 and 399: protocol; all others stand for statuses (302 is status 400).
    if (code == QNetworkReply::ProxyAuthenticationRequiredError)
        return false; // the answer's status is 407
    return code < QNetworkReply::ContentAccessDenied || code == QNetworkReply::ContentReSendError ||
           code == QNetworkReply::ProtocolUnknownError || code == QNetworkReply::ProtocolFailure;
}

Error transportError(const CallFacts &facts, QNetworkReply::NetworkError code, const QString &text,
                     const QByteArray &tlsProblem)
{
    const Cause cause = causeOf(facts, code);
    QByteArray message = facts.host + " could not be used: " + cause.words;
    if (qstrcmp(cause.reason, "tls_error") == 0 && !tlsProblem.isEmpty())
        message += " (" + tlsProblem + ')';
    message += ", " + inWords(facts.phase) + ", after " + inWords(facts.elapsed) + '.';
    return Error{.kind = ErrorKind::UpstreamTransport,
                 .reason = cause.reason,
                 .message = message,
                 .detail = text.toUtf8() + " (QNetworkReply error " + QByteArray::number(int(code)) + ')'};
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
