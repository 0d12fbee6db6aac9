// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/upstream/network_error.h"

namespace lunargate {

namespace {

CallFailure causeOf(const CallFacts &facts, QNetworkReply::NetworkError code)
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
        return brokenConnection(facts);
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
    return callError(facts, causeOf(facts, code), tlsProblem,
                     text.toUtf8() + " (QNetworkReply error " + QByteArray::number(int(code)) + ')');
}

} // namespace lunargate
