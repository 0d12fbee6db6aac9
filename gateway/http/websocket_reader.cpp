// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/http/websocket_reader.h"

#include <QtEndian>

#include <algorithm>

namespace lunargate {

namespace {

constexpr quint64 kMaxControl = 125; // RFC 6455 section 5.5
constexpr qsizetype kMask = 4;

bool isKnown(WebSocketOpcode opcode)
{
    switch (opcode) {
    case WebSocketOpcode::Continuation:
    case WebSocketOpcode::Text:
    case WebSocketOpcode::Binary:
    case WebSocketOpcode::Close:
    case WebSocketOpcode::Ping:
    case WebSocketOpcode::Pong:
        return true;
    }
    return false;
}

// What may stand in a frame: RFC 6455 section 7.4 and the registry that it begins.
bool isCloseCode(quint16 code)
{
    return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

} // namespace

qsizetype WebSocketReader::feed(QByteArrayView bytes)
{
    qsizetype used = 0;
    while (m_state == State::Reading) {
        if (!m_hasHeader)
            used += readHeader(bytes.sliced(used));
        if (!m_hasHeader || m_state != State::Reading)
            break;
        used += readPayload(bytes.sliced(used));
        if (m_taken < m_length)
            break;
        endFrame();
    }
    return used;
}

WebSocketMessage WebSocketReader::takeMessage()
{
    m_state = State::Reading;
    return std::exchange(m_complete, {});
}

// As much of it as there is; fails as soon as it is wrong.
qsizetype WebSocketReader::readHeader(QByteArrayView bytes)
{
    qsizetype used = 0;
    while (used < bytes.size() && m_state == State::Reading) {
        m_header[static_cast<size_t>(m_headerSize++)] = bytes[used++];
        if (m_headerSize == 1) {
            checkOpcode();
        } else if (m_headerSize == 2) {
            checkStart();
        } else if (m_headerSize == headerLength()) {
            checkLength();
            m_hasHeader = true;
            break;
        }
    }
    return used;
}

qsizetype WebSocketReader::headerLength() const
{
    const int code = m_header[1] & 0x7F;
    return 2 + (code == 126 ? 2 : code == 127 ? 8 : 0) + kMask;
}

void WebSocketReader::checkOpcode()
{
    m_opcode = static_cast<WebSocketOpcode>(m_header[0] & 0x0F);
    if ((m_header[0] & 0x70) != 0)
        fail(WebSocketClose::ProtocolError, "a reserved bit is set, and no extension was agreed on");
    else if (!isKnown(m_opcode))
        fail(WebSocketClose::ProtocolError, "unknown opcode");
    else if (isControl() && !isFinal())
        fail(WebSocketClose::ProtocolError, "a control frame must not be fragmented");
    else if (m_opcode == WebSocketOpcode::Continuation && !m_isFragmented)
        fail(WebSocketClose::ProtocolError, "there is nothing to continue");
    else if (!isControl() && m_opcode != WebSocketOpcode::Continuation && m_isFragmented)
        fail(WebSocketClose::ProtocolError, "the message before has not ended");
}

void WebSocketReader::checkStart()
{
    if ((static_cast<quint8>(m_header[1]) & 0x80) == 0)
        fail(WebSocketClose::ProtocolError, "a client must mask its frames");
    else if (isControl() && (m_header[1] & 0x7F) > int(kMaxControl))
        fail(WebSocketClose::ProtocolError, "a control frame may have 125 bytes");
}

void WebSocketReader::checkLength()
{
    const int code = m_header[1] & 0x7F;
    m_length = static_cast<quint64>(code);
    if (code == 126)
        m_length = qFromBigEndian<quint16>(&m_header[2]);
    else if (code == 127)
        m_length = qFromBigEndian<quint64>(&m_header[2]);
    const bool isShortest = code == 126 ? m_length > kMaxControl : code != 127 || m_length > 0xFFFF;
    if (!isShortest || m_length > quint64(std::numeric_limits<qint64>::max()))
        return fail(WebSocketClose::ProtocolError, "the length of a frame is not written as it must be");
    const quint64 limit = static_cast<quint64>(m_limits.maxBodyBytes);
    const quint64 soFar = static_cast<quint64>(m_message.size());
    if (!isControl() && (m_length > limit || soFar > limit - m_length)) // without an overflow
        fail(WebSocketClose::MessageTooBig, "a message is over the limit (server.max_body_bytes)");
}

// Memory is taken for it as it comes, not as it is announced.
qsizetype WebSocketReader::readPayload(QByteArrayView bytes)
{
    const qsizetype count = static_cast<qsizetype>(std::min<quint64>(m_length - m_taken, quint64(bytes.size())));
    QByteArray &payload = isControl() ? m_control : m_message;
    const qsizetype begin = payload.size();
    payload.resizeForOverwrite(begin + count);
    char *out = payload.data() + begin;
    const char *mask = &m_header[static_cast<size_t>(m_headerSize - kMask)];
    for (qsizetype i = 0; i < count; ++i)
        out[i] = static_cast<char>(bytes[i] ^ mask[(m_taken + quint64(i)) % kMask]);
    m_taken += quint64(count);
    return count;
}

void WebSocketReader::endFrame()
{
    m_hasHeader = false;
    m_headerSize = 0;
    m_taken = m_length = 0;
    if (isControl())
        return endControl();
    if (m_opcode != WebSocketOpcode::Continuation)
        m_messageKind = m_opcode;
    m_isFragmented = !isFinal();
    if (!m_isFragmented)
        endMessage();
}

void WebSocketReader::endControl()
{
    if (m_opcode == WebSocketOpcode::Close)
        endClose();
    else
        complete({.kind = m_opcode, .payload = std::exchange(m_control, {})});
}

void WebSocketReader::endClose()
{
    WebSocketMessage message{.kind = WebSocketOpcode::Close, .payload = std::exchange(m_control, {})};
    if (message.payload.isEmpty())
        return complete(std::move(message));
    const quint16 code = message.payload.size() < 2 ? 0 : qFromBigEndian<quint16>(message.payload.constData());
    message.payload.remove(0, 2);
    message.closeCode = static_cast<WebSocketClose>(code);
    if (!isCloseCode(code))
        fail(WebSocketClose::ProtocolError, "this is no code to close with");
    else if (!message.payload.isValidUtf8())
        fail(WebSocketClose::InvalidText, "the reason is not UTF-8");
    else
        complete(std::move(message));
}

void WebSocketReader::endMessage()
{
    WebSocketMessage message{.kind = m_messageKind, .payload = std::exchange(m_message, {})};
    if (message.kind == WebSocketOpcode::Text && !message.payload.isValidUtf8())
        fail(WebSocketClose::InvalidText, "a text is not UTF-8");
    else
        complete(std::move(message));
}

void WebSocketReader::complete(WebSocketMessage message)
{
    m_complete = std::move(message);
    m_state = State::Complete;
}

void WebSocketReader::fail(WebSocketClose code, QByteArrayView text)
{
    m_failure = code;
    m_failureText = text;
    m_state = State::Failed;
}

} // namespace lunargate
