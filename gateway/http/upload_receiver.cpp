// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/http/upload_receiver.h"

#include "gateway/http/request_parser.h"

#include <QTcpSocket>

namespace lunargate {

namespace {

// How much is taken at once.
constexpr qint64 kPiece = 64 * 1024;

} // namespace

UploadReceiver::UploadReceiver(QObject &owner, QTcpSocket &socket, RequestParser &parser,
                               const ConnectionLimits &limits, std::function<void()> wanted)
    : m_owner(owner),
      m_socket(socket),
      m_parser(parser),
      m_limits(limits),
      m_wanted(std::move(wanted)),
      m_deadline([this] { onSilence(); })
{
}

std::shared_ptr<IncomingBody> UploadReceiver::begin(QByteArray ahead)
{
    m_ahead = std::move(ahead);
    m_body = std::make_shared<IncomingBody>(m_parser.contentLength());
    m_body->put(m_parser.takeBody(), false);
    m_start = Clock::now();
    m_watchStart = kNever;
    // From the event loop: whoever makes room or waits is in the midst of taking.
    m_body->onRoom([this] { QMetaObject::invokeMethod(&m_owner, [this] { receive(); }, Qt::QueuedConnection); });
    m_body->onWanted([this] { QMetaObject::invokeMethod(&m_owner, m_wanted, Qt::QueuedConnection); });
    return m_body;
}

// What is not taken stays in the socket's buffer, then in the kernel's, and slows the client down.
void UploadReceiver::receive()
{
    m_deadline.stop();
    while (m_body && m_body->hasRoom()) {
        const QByteArray bytes = m_ahead.isEmpty() ? m_socket.read(kPiece) : std::exchange(m_ahead, {});
        if (bytes.isEmpty()) {
            watch();
            return;
        }
        m_parser.feed(bytes); // what follows the request is of no use: the connection closes behind it
        // Both can end the request, and with it m_body.
        const std::shared_ptr<IncomingBody> body = m_body;
        const bool isLast = m_parser.state() == RequestParser::State::Complete;
        const bool hasFailed = m_parser.state() == RequestParser::State::Failed;
        if (isLast || hasFailed)
            drop();
        if (hasFailed)
            body->fail(m_parser.error());
        else
            body->put(m_parser.takeBody(), isLast);
    }
    m_watchStart = kNever; // what is not read now is no fault of the client
}

void UploadReceiver::drop()
{
    m_deadline.stop();
    if (m_body) {
        m_body->onRoom({});
        m_body->onWanted({});
    }
    m_body.reset();
}

void UploadReceiver::watch()
{
    const TimePoint now = Clock::now();
    const qint64 received = m_body->received();
    const bool isEnough = received - m_counted >= m_limits.leastBodyBytes;
    if (isEnough || m_watchStart == kNever || now < m_start + m_limits.bodyGrace) {
        m_watchStart = now;
        m_counted = received;
    }
    m_deadline.start(m_limits.readTimeout.count() > 0 ? m_watchStart + m_limits.readTimeout : kNever);
}

void UploadReceiver::onSilence()
{
    const std::shared_ptr<IncomingBody> body = m_body;
    drop();
    if (body)
        body->fail({.kind = ErrorKind::RequestTimeout,
                    .reason = "read_timeout",
                    .message = "the request's body came too slowly (server.read_timeout)"});
}

} // namespace lunargate
