// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>

namespace lunargate {

/// What a frame is (RFC 6455 section 5.2).
enum class WebSocketOpcode : quint8 {
    Continuation = 0x0,
    Text = 0x1,
    Binary = 0x2,
    Close = 0x8,
    Ping = 0x9,
    Pong = 0xA,
};

/// Why a WebSocket is closed (RFC 6455 section 7.4.1).
enum class WebSocketClose : quint16 {
    Normal = 1000,
    GoingAway = 1001,
    ProtocolError = 1002,
    UnsupportedData = 1003,
    NoStatus = 1005, ///< the other side gave no code; never sent
    InvalidText = 1007,
    PolicyViolation = 1008,
    MessageTooBig = 1009,
};

/// A whole message from the gateway to a client, in one frame.
QByteArray webSocketFrame(WebSocketOpcode opcode, QByteArrayView payload);
/// `reason`: at most 123 bytes are sent of it.
QByteArray webSocketCloseFrame(WebSocketClose code, QByteArrayView reason);

} // namespace lunargate
