// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/http/client_connection.h"

#include "gateway/http/socket_memory.h"
#include "gateway/observability/logging.h"

#include <QTcpSocket>

#include <sys/socket.h>

namespace lunargate {

namespace {

// How long a client may stay silent after we said that we close. As long as it goes on sending what we refused, it is
// given the limits of a request: closing at once would reset the connection and could take the answer away from the
// client (RFC 9112 section 9.6).
constexpr std::chrono::seconds kLingerTime{2};

} // namespace

ClientConnection::ClientConnection(std::unique_ptr<QTcpSocket> socket, const ConnectionLimits &limits,
                                   RequestHandler &handler)
    : m_socket(std::move(socket)),
      m_limits(limits),
      m_handler(handler),
      m_parser(limits),
      m_upload(*this, *m_socket, m_parser, limits, [this] { askForBody(); }),
      m_deadline([this] { onDeadline(); }),
      m_leaveWatch(*m_socket, [this] { abort(); }),
      m_phaseStart(Clock::now())
{
    m_parser.setPeer(m_socket->peerAddress());
    m_socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    m_socket->setSocketOption(QAbstractSocket::KeepAliveOption, 1); // or a host that vanished is never noticed
    m_socket->setReadBufferSize(LeaveWatch::kReadAhead);
    connect(m_socket.get(), &QTcpSocket::readyRead, this, &ClientConnection::onReadyRead);
    connect(m_socket.get(), &QTcpSocket::bytesWritten, this, &ClientConnection::onBytesWritten);
    connect(m_socket.get(), &QTcpSocket::disconnected, this, &ClientConnection::onDisconnected);
    watchReading();
}

ClientConnection::~ClientConnection()
{
    m_socket->disconnect(this);
}

void ClientConnection::refuse(const Error &error)
{
    refuseRequest(error);
}

void ClientConnection::drain(bool closeIdle)
{
    m_draining = true;
    m_closesAfterwards = true;
    if (m_webSocket)
        m_webSocket->drain();
    else if (m_exchange)
        m_response->closeAfterwards();
    else if (closeIdle && m_phase == Phase::Reading)
        closeGracefully();
}

bool ClientConnection::isBusy() const
{
    const bool isReceiving = m_phase == Phase::Reading && m_parser.state() != RequestParser::State::Idle;
    const bool isTalking = m_webSocket && m_webSocket->isBusy();
    return m_exchange.has_value() || isReceiving || isTalking || m_socket->bytesToWrite() > 0;
}

void ClientConnection::cut()
{
    if (m_phase == Phase::Reading) {
        cutReading();
        return;
    }
    if (m_phase == Phase::WebSocket) {
        m_draining = true;
        m_webSocket->cut();
        return;
    }
    if (m_phase != Phase::Handling || !m_runner.isRunning())
        return;
    m_exchange->cutReason = CutReason::Shutdown;
    m_isCut = true;
    m_runner.cancel([this] {
        m_isCut = false;
        m_draining = true;
        if (m_phase == Phase::Closed)
            finishClosing();
        else if (m_exchange->response.state() == ResponseWriter::State::Finished)
            completeRequest();
        else
            abort();
    });
}

void ClientConnection::cutReading()
{
    m_draining = true;
    if (m_parser.state() == RequestParser::State::Idle) {
        abort();
        return;
    }
    refuseRequest({.kind = ErrorKind::Overloaded,
                   .reason = "shutting_down",
                   .message = "the gateway is shutting down; send the request again",
                   .retryAfter = std::chrono::seconds(1)});
}

void ClientConnection::abort()
{
    m_socket->abort(); // leads to onDisconnected()
}

void ClientConnection::onReadyRead()
{
    if (m_phase == Phase::Lingering) {
        linger();
        return;
    }
    if (m_phase == Phase::Reading)
        parseAvailable();
    else if (m_phase == Phase::WebSocket)
        m_webSocket->read();
    m_upload.receive();
    // While a request is handled, the next one waits in the socket's bounded buffer.
    if (m_phase == Phase::Handling || m_phase == Phase::Flushing || m_phase == Phase::WebSocket)
        m_leaveWatch.watch();
}

void ClientConnection::parseAvailable()
{
    // A request that is answered at once leads back here from inside startRequest(): one loop serves them all.
    if (std::exchange(m_parsing, true))
        return;
    while (m_phase == Phase::Reading) {
        if (m_unread.isEmpty())
            m_unread = takeReceived(*m_socket);
        if (m_unread.isEmpty())
            break;
        const qsizetype used = m_parser.feed(m_unread);
        if (used == m_unread.size())
            m_unread.clear(); // with its memory: an answer can take minutes
        else
            m_unread.remove(0, used);
        if (m_parser.state() == RequestParser::State::Failed) {
            refuseRequest(m_parser.error());
        } else if (!admit()) {
            continue;
        } else if (m_parser.state() == RequestParser::State::Complete) {
            startRequest();
        } else {
            if (m_parser.takeExpectContinue())
                m_socket->write("HTTP/1.1 100 Continue\r\n\r\n");
            watchReading();
        }
    }
    m_parsing = false;
}

// Once for each request whose head is here and whose body is not, or is large; refuses it if it may not go on.
bool ClientConnection::admit()
{
    using State = RequestParser::State;
    const State state = m_parser.state();
    const bool isAsked = state == State::Body || (state == State::Complete && m_parser.isBodyLarge());
    if (m_isAdmitted || !isAsked)
        return true;
    m_isAdmitted = true;
    const Result<Admission> admitted = m_handler.admit(m_parser.request());
    if (!admitted)
        refuseRequest(admitted.error());
    else if (*admitted == Admission::WithoutBody)
        startWithoutBody();
    else
        admitBody(*admitted == Admission::Streamed);
    return m_phase == Phase::Reading;
}

void ClientConnection::admitBody(bool isStreamed)
{
    m_parser.setBodyKind(isStreamed ? RequestParser::BodyKind::Upload : RequestParser::BodyKind::Whole);
    if (m_parser.state() == RequestParser::State::Failed)
        refuseRequest(m_parser.error());
    else if (isStreamed && m_parser.state() == RequestParser::State::Body)
        startStreaming();
}

void ClientConnection::startRequest()
{
    m_isAdmitted = false;
    HttpRequest request = m_parser.takeRequest();
    const bool keepAlive = request.keepAlive && !m_draining;
    handle(std::move(request), keepAlive);
}

// What the client still sends of the request is thrown away once it is answered.
void ClientConnection::startWithoutBody()
{
    HttpRequest request = m_parser.takeHead();
    request.body.clear();
    request.isBodyMissing = true;
    handle(std::move(request), false);
}

void ClientConnection::startStreaming()
{
    std::shared_ptr<IncomingBody> body = m_upload.begin(std::exchange(m_unread, {}));
    HttpRequest request = m_parser.takeHead();
    request.incoming = std::move(body);
    handle(std::move(request), false);
    m_upload.receive();
}

// A client that asks before it sends is told only when somebody waits for what it has.
void ClientConnection::askForBody()
{
    if (m_upload.isActive() && m_exchange->response.state() == ResponseWriter::State::NotStarted &&
        m_parser.takeExpectContinue())
        m_socket->write("HTTP/1.1 100 Continue\r\n\r\n");
}

void ClientConnection::handle(HttpRequest request, bool keepAlive)
{
    m_phase = Phase::Handling;
    watchWriting();
    releaseBlocks(*m_socket);
    beginExchange(std::move(request), keepAlive);
    m_runner.start(m_handler.handle(*m_exchange), [this](std::exception_ptr exception) { onTaskFinished(exception); });
}

void ClientConnection::beginExchange(HttpRequest request, bool keepAlive)
{
    m_response.emplace(m_socket.get(), request.minorVersion, keepAlive, request.method == "HEAD");
    m_exchange.emplace(std::move(request), *m_response);
    m_exchange->canUpgrade = true;
}

void ClientConnection::onTaskFinished(std::exception_ptr exception)
{
    m_isCut = false;
    if (exception) {
        try {
            std::rethrow_exception(exception);
        } catch (const std::exception &failure) {
            qCCritical(httpLog, "a request ended with an exception: %s", failure.what());
        } catch (...) {
            qCCritical(httpLog, "a request ended with an exception of unknown type");
        }
    }
    if (m_phase == Phase::Closed) { // the client left meanwhile
        finishClosing();
        return;
    }
    using State = ResponseWriter::State;
    const State state = m_exchange->response.state();
    if (state == State::NotStarted) {
        refuseNow({.kind = ErrorKind::Internal,
                   .reason = "internal_error",
                   .message = "the gateway failed on this request; its log says why"});
    } else if (state == State::Streaming) {
        abort(); // never let a broken answer look like a whole one
        return;
    }
    completeRequest();
}

void ClientConnection::completeRequest()
{
    if (m_phase == Phase::Closed) { // the client left while the answer was written
        finishClosing();
        return;
    }
    m_upload.drop();
    if (m_exchange->session && m_exchange->response.status() == kSwitchingProtocols) {
        beginWebSocket();
        return;
    }
    m_closesAfterwards = !m_response->keepsAlive() || m_draining;
    m_exchange.reset();
    m_phase = Phase::Flushing;
    if (m_socket->bytesToWrite() == 0)
        onAnswerTaken();
    else
        watchWriting(); // the next request waits: its answer would only add to what waits here
}

void ClientConnection::onAnswerTaken()
{
    Q_EMIT settled();
    if (m_closesAfterwards) {
        closeGracefully();
        return;
    }
    m_phase = Phase::Reading;
    m_phaseStart = Clock::now();
    watchReading();
    // From the event loop, since this may be deep inside a socket's signal; unless the parsing loop goes on anyway.
    if (!m_parsing && (!m_unread.isEmpty() || m_socket->bytesAvailable() > 0))
        QMetaObject::invokeMethod(this, &ClientConnection::onReadyRead, Qt::QueuedConnection);
}

// From here on the connection speaks another protocol.
void ClientConnection::beginWebSocket()
{
    std::unique_ptr<WebSocketSession> session = std::move(m_exchange->session);
    m_exchange.reset();
    m_phase = Phase::WebSocket;
    watchWriting();
    m_webSocket =
        std::make_unique<WebSocketConnection>(*m_socket, m_limits, std::move(session), [this] { onWebSocketClosed(); });
    m_webSocket->begin(m_handler, std::exchange(m_unread, {}));
    if (m_draining)
        m_webSocket->drain();
    Q_EMIT settled();
}

void ClientConnection::onWebSocketClosed()
{
    if (m_phase == Phase::Closed) // its last frame found that the client left, which ends it already
        return;
    m_phase = Phase::Flushing;
    m_closesAfterwards = true;
    // This may come from inside of what is to be destroyed.
    QMetaObject::invokeMethod(this, &ClientConnection::endWebSocket, Qt::QueuedConnection);
}

void ClientConnection::endWebSocket()
{
    m_webSocket.reset();
    if (m_phase == Phase::Closed)
        finishClosing();
    else if (m_phase == Phase::Flushing && m_socket->bytesToWrite() == 0)
        onAnswerTaken();
}

void ClientConnection::refuseRequest(const Error &error)
{
    m_phase = Phase::Handling;
    beginExchange(m_parser.request(), false);
    refuseNow(error);
    completeRequest();
}

void ClientConnection::refuseNow(const Error &error)
{
    // The write can find that the client left: the exchange must outlive it, so completeRequest() cleans up.
    m_isRefusing = true;
    m_handler.refuse(*m_exchange, error);
    m_isRefusing = false;
}

void ClientConnection::onBytesWritten()
{
    m_mayBeStuck = false;
    if (m_phase == Phase::Handling && m_exchange)
        m_exchange->response.bytesWritten(); // may end the request and this connection's use of it
    else if (m_phase == Phase::WebSocket)
        m_webSocket->bytesWritten();
    else if (m_phase == Phase::Flushing && m_socket->bytesToWrite() == 0 && !m_webSocket)
        onAnswerTaken();
}

void ClientConnection::onDisconnected()
{
    if (m_phase == Phase::Closed)
        return;
    const bool isWebSocketOpen = m_phase == Phase::WebSocket;
    m_phase = Phase::Closed;
    m_deadline.stop();
    m_leaveWatch.stop();
    if (m_webSocket) {
        if (isWebSocketOpen) // or else it comes anyway
            QMetaObject::invokeMethod(this, &ClientConnection::endWebSocket, Qt::QueuedConnection);
        return;
    }
    m_upload.drop();
    // Whoever writes at this moment still uses the exchange, and cleans up afterwards.
    if (m_isRefusing || m_isCut)
        return;
    if (!m_runner.isRunning()) {
        finishClosing();
        return;
    }
    // The request's frames may be running right now (this signal can come out of a write): cancel() queues.
    m_runner.cancel([this] { finishClosing(); });
}

void ClientConnection::finishClosing()
{
    if (m_exchange) {
        m_exchange.reset();
        Q_EMIT settled();
    }
    Q_EMIT closed();
}

void ClientConnection::onDeadline()
{
    switch (m_phase) {
    case Phase::Reading:
        if (m_parser.state() == RequestParser::State::Idle) {
            closeGracefully();
        } else {
            const bool inHeaders = m_parser.state() == RequestParser::State::Headers;
            refuseRequest({.kind = ErrorKind::RequestTimeout,
                           .reason = inHeaders ? "header_timeout" : "read_timeout",
                           .message = inHeaders ? "the request's headers came too slowly (server.header_timeout)"
                                                : "the request came too slowly (server.read_timeout)"});
        }
        break;
    case Phase::Handling:
    case Phase::WebSocket:
    case Phase::Flushing: {
        const bool wasWaiting = std::exchange(m_mayBeStuck, m_socket->bytesToWrite() > 0);
        if (wasWaiting && m_mayBeStuck)
            abort(); // write_timeout: the client takes nothing
        else
            watchWriting();
        break;
    }
    case Phase::Lingering:
        abort();
        break;
    case Phase::Closed:
        break;
    }
}

void ClientConnection::watchReading()
{
    const auto limit = [](TimePoint start, std::chrono::milliseconds duration) {
        return duration.count() > 0 ? start + duration : kNever;
    };
    const TimePoint firstByte = m_parser.request().receivedAt;
    switch (m_parser.state()) {
    case RequestParser::State::Idle:
        m_deadline.start(limit(m_phaseStart, m_limits.idleTimeout));
        break;
    case RequestParser::State::Headers:
        m_deadline.start(std::min(limit(firstByte, m_limits.headerTimeout), limit(firstByte, m_limits.readTimeout)));
        break;
    default:
        m_deadline.start(limit(firstByte, m_limits.readTimeout));
        break;
    }
}

// A client is stuck when nothing left for it from one of these deadlines to the next. So it may take up to twice the
// limit, but pieces that are written and taken cost nothing.
void ClientConnection::watchWriting()
{
    m_deadline.start(deadlineIn(m_limits.writeTimeout));
}

void ClientConnection::closeGracefully()
{
    m_phase = Phase::Lingering;
    m_phaseStart = Clock::now();
    linger();
    // Our half first; the client's end of stream (or the deadline) closes the rest.
    ::shutdown(static_cast<int>(m_socket->socketDescriptor()), SHUT_WR);
}

// Throws away what the client still sends.
void ClientConnection::linger()
{
    m_lingered += m_socket->skip(m_socket->bytesAvailable());
    const TimePoint silence = Clock::now() + kLingerTime;
    const TimePoint limit = m_phaseStart + std::max<std::chrono::milliseconds>(m_limits.readTimeout, kLingerTime);
    const bool isUpload = m_parser.bodyKind() == RequestParser::BodyKind::Upload;
    if (m_lingered <= (isUpload ? m_parser.bodyLimit() : m_limits.maxBodyBytes))
        m_deadline.start(std::min(silence, limit));
    else
        abort();
}

} // namespace lunargate
