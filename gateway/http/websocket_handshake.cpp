// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/http/websocket_handshake.h"

#include <QCryptographicHash>

#include <algorithm>

namespace lunargate {

namespace {

// RFC 6455 section 1.3.
constexpr char kAcceptSuffix[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
constexpr qsizetype kKeyBytes = 16;

// Whether one of the comma-separated values of the fields of that name is `token`.
bool hasToken(const HeaderList &headers, QByteArrayView name, QByteArrayView token)
{
    return std::ranges::any_of(headers, [&](const HeaderList::Field &field) {
        if (field.name.compare(name, Qt::CaseInsensitive) != 0)
            return false;
        const QByteArrayList values = field.value.split(',');
        return std::ranges::any_of(
            values, [&](const QByteArray &value) { return value.trimmed().compare(token, Qt::CaseInsensitive) == 0; });
    });
}

std::unexpected<Error> upgradeRequired(const char *message)
{
    return std::unexpected(Error{.kind = ErrorKind::UpgradeRequired, .reason = "upgrade_required", .message = message});
}

std::unexpected<Error> badHandshake(const char *message, const char *header)
{
    return std::unexpected(
        Error{.kind = ErrorKind::InvalidRequest, .reason = "malformed_handshake", .message = message, .param = header});
}

} // namespace

Result<QByteArray> acceptWebSocket(const HttpRequest &request)
{
    const HeaderList &headers = request.headers;
    const bool isAsked = hasToken(headers, "Upgrade", "websocket") && hasToken(headers, "Connection", "upgrade");
    if (!isAsked || request.method != "GET" || request.minorVersion < 1)
        return upgradeRequired("GET on this path is for WebSockets; send an upgrade to one, or use POST");
    if (headers.value("Sec-WebSocket-Version") != "13" || headers.count("Sec-WebSocket-Version") != 1)
        return upgradeRequired("only version 13 of the WebSocket protocol is spoken here");
    if (!request.body.isEmpty())
        return badHandshake("a request for a WebSocket has no body", "Content-Length");
    const QByteArray key = headers.value("Sec-WebSocket-Key").value_or(QByteArray());
    const auto decoded = QByteArray::fromBase64Encoding(key, QByteArray::AbortOnBase64DecodingErrors);
    if (headers.count("Sec-WebSocket-Key") != 1 || !decoded || decoded.decoded.size() != kKeyBytes)
        return badHandshake("Sec-WebSocket-Key must be 16 bytes in base64, once", "Sec-WebSocket-Key");
    return QCryptographicHash::hash(key + kAcceptSuffix, QCryptographicHash::Sha1).toBase64();
}

} // namespace lunargate
