// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/http/websocket_frame.h"

#include <QtEndian>

namespace lunargate {

namespace {

constexpr char kFinal = '\x80';
constexpr qsizetype kMaxHeader = 10; // without a mask
// RFC 6455 section 5.5: control frames hold up to 125 bytes, two of which are the code.
constexpr qsizetype kMaxReason = 123;

template <typename Number>
void appendBigEndian(QByteArray &out, Number number)
{
    char bytes[sizeof(Number)];
    qToBigEndian(number, bytes);
    out.append(bytes, sizeof(Number));
}

} // namespace

QByteArray webSocketFrame(WebSocketOpcode opcode, QByteArrayView payload)
{
    QByteArray frame;
    frame.reserve(payload.size() + kMaxHeader);
    frame += static_cast<char>(kFinal | static_cast<char>(opcode));
    if (payload.size() <= 125) {
        frame += static_cast<char>(payload.size());
    } else if (payload.size() <= 0xFFFF) {
        frame += char(126);
        appendBigEndian(frame, static_cast<quint16>(payload.size()));
    } else {
        frame += char(127);
        appendBigEndian(frame, static_cast<quint64>(payload.size()));
    }
    frame.append(payload);
    return frame;
}

QByteArray webSocketCloseFrame(WebSocketClose code, QByteArrayView reason)
{
    QByteArray payload;
    appendBigEndian(payload, static_cast<quint16>(code));
    payload.append(reason.first(std::min(reason.size(), kMaxReason)));
    return webSocketFrame(WebSocketOpcode::Close, payload);
}

} // namespace lunargate
