// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/upstream/direct_call.h"

#include "gateway/upstream/request_headers.h"

#include <array>
#include <cerrno>
#include <cstring>

namespace lunargate {

namespace {

using std::chrono::milliseconds;

constexpr size_t kReceivedAtOnce = 64 * 1024;
// How much of a request goes out before others have their turn.
constexpr qsizetype kSentAtOnce = 1024 * 1024;

QByteArray targetOf(const QUrl &url)
{
    QByteArray target =
        url.toEncoded(QUrl::RemoveScheme | QUrl::RemoveAuthority | QUrl::RemoveUserInfo | QUrl::RemoveFragment);
    if (!target.startsWith('/'))
        target.prepend('/');
    return target;
}

bool hasLength(const UpstreamRequest &request)
{
    return !request.body.isEmpty() || (request.method != "GET" && request.method != "HEAD");
}

UpstreamRequest withoutUselessBody(UpstreamRequest request)
{
    if (request.method == "HEAD") // RFC 9110 section 9.3.2
        request.body = {};
    return request;
}

// Completes the request's headers and writes its head.
QByteArray writeHead(UpstreamRequest &request, const QByteArray &authority)
{
    completeHeaders(request.headers, !request.body.isEmpty());
    const QByteArray target = targetOf(request.url);
    qsizetype size = request.method.size() + target.size() + authority.size() + 64;
    for (const HeaderList::Field &field : request.headers)
        size += field.name.size() + field.value.size() + 4;
    QByteArray head;
    head.reserve(size);
    head.append(request.method).append(' ').append(target).append(" HTTP/1.1\r\n");
    if (!request.headers.contains("Host"))
        head.append("Host: ").append(authority).append("\r\n");
    for (const HeaderList::Field &field : request.headers) {
        const QByteArrayView value = QByteArrayView(field.value).trimmed();
        head.append(field.name).append(value.isEmpty() ? ":" : ": ").append(value).append("\r\n");
    }
    if (hasLength(request))
        head.append("Content-Length: ").append(QByteArray::number(request.body.size())).append("\r\n");
    return head.append("\r\n");
}

CallFailure cannotConnect(int error, const CallFacts &facts)
{
    switch (error) {
    case ECONNREFUSED:
        return {"connect_error", "the connection was refused"};
    case ENETUNREACH:
    case EHOSTUNREACH:
        return {"connect_error", "the network or host is unreachable"};
    case ETIMEDOUT:
        return {"connect_error", "the network gave up waiting"};
    default:
        return brokenConnection(facts);
    }
}

bool isClosing(int error)
{
    return error == 0 || error == ECONNRESET || error == EPIPE;
}

QByteArray detailOf(int error)
{
    return error == 0 ? QByteArray("end of the connection")
                      : std::strerror(error) + QByteArray(" (errno ") + QByteArray::number(error) + ')';
}

} // namespace

DirectCall::DirectCall(DirectPool &pool, std::shared_ptr<const DirectOrigin> origin, UpstreamRequest request)
    : WaitingCall(request.connectTimeout),
      m_pool(pool),
      m_origin(std::move(origin)),
      m_request(withoutUselessBody(std::move(request))),
      m_head(writeHead(m_request, m_origin->authority)),
      m_parser(m_request.method == "HEAD")
{
    m_request.headers = {};
    // A kept connection can turn out to be dead; then the request would have to be sent again.
    if (m_request.mayResend)
        m_connection = m_pool.take(m_origin->authority);
    if (m_connection) {
        m_isKept = true;
        m_connection->setUser(this);
        begin();
    } else {
        connectNext();
    }
}

// The next address that can be tried at all.
void DirectCall::connectNext()
{
    m_connection.reset();
    m_phase = CallPhase::Connecting;
    m_connectBegan = Clock::now();
    while (!m_connection && m_nextAddress < m_origin->addresses.size()) {
        int error = 0;
        m_connection = DirectConnection::open(m_origin->addresses[m_nextAddress++], m_origin->port, error);
        noteConnectError(error);
    }
    if (m_connection)
        m_connection->setUser(this);
    else
        failToConnect();
}

// Of several addresses the one that refuses says most: there is a machine, and no server.
void DirectCall::noteConnectError(int error)
{
    if (error != 0 && (m_connectError == 0 || error == ECONNREFUSED))
        m_connectError = error;
}

void DirectCall::failToConnect()
{
    fail(cannotConnect(m_connectError, facts()), detailOf(m_connectError));
}

void DirectCall::onWritable()
{
    if (!isConnecting())
        send();
    else if (const int error = m_connection->connectError(); error == 0)
        onConnected();
    else
        onConnectError(error);
    // Another deadline holds from now on, or it is over. Last: whoever waits may destroy this.
    if (m_isDone || (m_waitsForConnection && !isConnecting()))
        m_changed.notify();
}

void DirectCall::onConnected()
{
    m_connectedAt = Clock::now();
    begin();
}

void DirectCall::onConnectError(int error)
{
    noteConnectError(error);
    connectNext();
}

void DirectCall::begin()
{
    m_phase = CallPhase::Waiting;
    m_sent = 0;
    m_isSent = false;
    m_sendError = 0;
    ++m_sends;
    m_connection->watchReading(true);
    send();
}

void DirectCall::send()
{
    const qsizetype all = m_head.size() + m_request.body.size();
    const qsizetype enough = m_sent + kSentAtOnce;
    while (m_sent < all) {
        if (m_sent >= enough) {
            m_connection->watchWriting(true);
            return;
        }
        const qsizetype ofBody = std::max<qsizetype>(m_sent - m_head.size(), 0);
        const std::array<QByteArrayView, 2> parts{QByteArrayView(m_head).sliced(std::min(m_sent, m_head.size())),
                                                  QByteArrayView(m_request.body).sliced(ofBody)};
        const qsizetype sent = m_connection->send(parts);
        if (sent >= 0) {
            m_sent += sent;
            continue;
        }
        onSendError(errno);
        return;
    }
    m_isSent = true;
    m_connection->watchWriting(false);
    releaseSent(); // if it is answered already
}

// Whether the connection is at its end, and perhaps an answer that came all the same, is read.
void DirectCall::onSendError(int error)
{
    if (error == ENOBUFS || error == ENOMEM) {
        fail(brokenConnection(facts()), detailOf(error));
        return;
    }
    m_connection->watchWriting(error == EAGAIN);
    if (error != EAGAIN && error != EPIPE) // behind that end nothing is lost
        m_sendError = error;
}

// Nothing goes out again once a byte of the answer came.
void DirectCall::releaseSent()
{
    if (!m_isSent || !m_parser.hasHead())
        return;
    m_request.body = {};
    m_head = {};
}

void DirectCall::onReadable()
{
    static thread_local std::array<char, kReceivedAtOnce> buffer;
    const qsizetype received = m_connection->receive(buffer);
    if (received > 0)
        take(QByteArrayView(buffer.data(), received));
    else if (received == 0)
        onClosed(m_sendError);
    else if (errno != EAGAIN)
        onClosed(errno);
    // Last: whoever waits may destroy this.
    const bool isNews = !m_parser.body().isEmpty() || (m_phase == CallPhase::Waiting && m_parser.hasHead());
    if (m_isDone || isNews || isConnecting()) { // anew: another deadline holds
        if (m_parser.hasHead())
            m_phase = CallPhase::Reading;
        m_changed.notify();
    }
}

void DirectCall::take(QByteArrayView bytes)
{
    if (!std::exchange(m_hasBytes, true))
        m_firstByteAt = Clock::now();
    const qsizetype used = m_parser.feed(bytes);
    switch (m_parser.state()) {
    case AnswerParser::State::Head:
        break;
    case AnswerParser::State::Body:
        if (m_parser.body().size() >= kBufferedBody) {
            m_isPaused = true;
            m_connection->watchReading(false);
        }
        break;
    case AnswerParser::State::Complete:
        onComplete(used < bytes.size());
        break;
    case AnswerParser::State::Invalid:
        fail({"invalid_response", "the answer is not valid HTTP"}, m_parser.problem());
        break;
    case AnswerParser::State::TooLarge:
        fail({"invalid_response", "the head of its answer is larger than 64 KiB"},
             "more than " + QByteArray::number(AnswerParser::kMaxHeadBytes) + " bytes of header lines");
        break;
    }
}

void DirectCall::onComplete(bool hasMore)
{
    m_isDone = true;
    DirectConnection::Pointer connection = std::move(m_connection);
    connection->setUser(nullptr);
    // Bytes behind the answer are none that anybody asked for.
    if (m_isSent && !hasMore && m_parser.keepsConnection())
        m_pool.giveBack(m_origin->authority, std::move(connection));
}

void DirectCall::onClosed(int error)
{
    if (error == 0)
        m_parser.end();
    if (m_parser.state() == AnswerParser::State::Complete) {
        onComplete(true);
    } else if (!m_hasBytes && mayResend() && isClosing(error)) {
        m_isKept = false;
        m_wentOut = Clock::now();
        connectNext();
    } else {
        fail(isClosing(error) ? closedConnection(facts()) : brokenConnection(facts()), detailOf(error));
    }
}

void DirectCall::fail(const CallFailure &failure, const QByteArray &detail)
{
    m_error = callError(facts(), failure, {}, detail);
    m_isDone = true;
    m_connection.reset();
}

UpstreamHead DirectCall::takeHead()
{
    releaseSent();
    return m_parser.takeHead();
}

// An address needs no name server, and this is no TLS.
std::optional<PhaseTimes> DirectCall::phaseTimes()
{
    using std::chrono::microseconds;
    PhaseTimes times{.isReused = m_isKept};
    if (m_connectedAt)
        times.connect = std::chrono::floor<microseconds>(*m_connectedAt - m_connectBegan);
    if (m_firstByteAt)
        times.firstByte = std::chrono::floor<microseconds>(*m_firstByteAt - m_began);
    return times;
}

QByteArray DirectCall::takeBuffered()
{
    if (std::exchange(m_isPaused, false) && m_connection)
        m_connection->watchReading(true);
    return m_parser.takeBody();
}

CallFacts DirectCall::facts() const
{
    return CallFacts{.host = m_origin->authority,
                     .tls = false,
                     .phase = hasHead() ? CallPhase::Reading : m_phase,
                     .elapsed = std::chrono::duration_cast<milliseconds>(Clock::now() - m_began)};
}

} // namespace lunargate
