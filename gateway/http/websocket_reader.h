// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/http/connection_limits.h"
#include "gateway/http/websocket_frame.h"

#include <array>

namespace lunargate {

/// A whole message of a client, or a control frame.
struct WebSocketMessage
{
    WebSocketOpcode kind = WebSocketOpcode::Text; ///< never Continuation
    QByteArray payload;                           ///< unmasked; of a text valid UTF-8; of a Close the reason
    WebSocketClose closeCode = WebSocketClose::NoStatus;
};

/// Reads a client's frames from bytes at any split, strictly (RFC 6455 section 5). One message at a time; what follows
/// it stays with the caller.
class WebSocketReader
{
public:
    enum class State { Reading, Complete, Failed };

    /// No message may be larger than ConnectionLimits::maxBodyBytes.
    explicit WebSocketReader(const ConnectionLimits &limits) : m_limits(limits) {}
    WebSocketReader(const WebSocketReader &) = delete;
    WebSocketReader &operator=(const WebSocketReader &) = delete;

    /// Takes bytes and says how many were used. Fewer than given when there is a message (see State::Complete) or when
    /// the reader failed.
    qsizetype feed(QByteArrayView bytes);

    State state() const { return m_state; }
    /// Whether a message has begun and not ended.
    bool isInMessage() const { return m_isFragmented || m_headerSize > 0; }
    /// With State::Complete: hands it over and is ready for the next one.
    WebSocketMessage takeMessage();

    /// With State::Failed: what the client is told. The connection cannot go on after it.
    WebSocketClose failure() const { return m_failure; }
    QByteArrayView failureText() const { return m_failureText; }

private:
    qsizetype readHeader(QByteArrayView bytes);
    qsizetype headerLength() const;
    void checkStart();
    void checkOpcode();
    void checkLength();
    qsizetype readPayload(QByteArrayView bytes);
    void endFrame();
    void endControl();
    void endClose();
    void endMessage();
    void complete(WebSocketMessage message);
    void fail(WebSocketClose code, QByteArrayView text);

    bool isControl() const { return (static_cast<quint8>(m_opcode) & 0x8) != 0; }
    bool isFinal() const { return (static_cast<quint8>(m_header[0]) & 0x80) != 0; }

    const ConnectionLimits &m_limits;
    State m_state = State::Reading;

    // The current frame.
    std::array<char, 14> m_header{};
    qsizetype m_headerSize = 0; // of it so far
    bool m_hasHeader = false;
    WebSocketOpcode m_opcode{};
    quint64 m_length = 0; // of its payload
    quint64 m_taken = 0;  // of that so far
    QByteArray m_control; // its payload, if it is a control frame

    // The message that data frames make.
    bool m_isFragmented = false; // some of it came, and not the last
    WebSocketOpcode m_messageKind{};
    QByteArray m_message;

    WebSocketMessage m_complete;
    WebSocketClose m_failure{};
    QByteArrayView m_failureText;
};

} // namespace lunargate
