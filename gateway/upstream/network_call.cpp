// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/upstream/network_call.h"

#include "gateway/upstream/upload_body.h"

#include <QHttpHeaders>
#include <QNetworkAccessManager>
#include <QSslError>

namespace lunargate {

namespace {

using std::chrono::milliseconds;

// How much of a body waits for read(). Qt holds about as much again in its HTTP thread and its socket.
constexpr qint64 kReadBufferSize = 64 * 1024;

QNetworkReply *start(QNetworkAccessManager &manager, const QNetworkRequest &prepared, UpstreamRequest &request)
{
    if (request.body.isEmpty()) {
        return request.method == "GET"
                   ? manager.get(prepared)
                   : manager.sendCustomRequest(prepared, request.method, static_cast<QIODevice *>(nullptr));
    }
    auto body = std::make_unique<UploadBody>(std::move(request.body));
    QNetworkReply *reply = request.method == "POST" ? manager.post(prepared, body.get())
                                                    : manager.sendCustomRequest(prepared, request.method, body.get());
    UploadBody *device = body.release();
    device->setParent(reply); // the reply reads from it until it is destroyed
    QObject::connect(reply, &QNetworkReply::socketStartedConnecting, device, [device] { device->forbidResending(); });
    return reply;
}

} // namespace

NetworkCall::NetworkCall(ConnectionPool::Lease lease, const QNetworkRequest &prepared, UpstreamRequest request)
    : m_lease(std::move(lease)),
      m_host(request.url.host(QUrl::FullyEncoded).toLatin1()),
      m_method(request.method),
      m_tls(request.url.scheme() == u"https"),
      m_connectTimeout(request.connectTimeout)
{
    if (request.url.port() != -1)
        m_host += ':' + QByteArray::number(request.url.port());
    m_reply = start(m_lease->manager(), prepared, request);
    watch();
}

NetworkCall::~NetworkCall()
{
    release();
}

void NetworkCall::watch()
{
    // Nothing of the call may be touched after notify(): the coroutine may have destroyed it.
    QObject::connect(m_reply, &QNetworkReply::socketStartedConnecting, &m_context,
                     [this] { m_phase = std::max(m_phase, CallPhase::Connecting); });
    QObject::connect(m_reply, &QNetworkReply::encrypted, &m_context, [this] { onConnected(); });
    QObject::connect(m_reply, &QNetworkReply::requestSent, &m_context, [this] { onRequestSent(); });
    QObject::connect(m_reply, &QNetworkReply::sslErrors, &m_context,
                     [this](const QList<QSslError> &errors) { m_tlsProblem = errors.first().errorString().toUtf8(); });
    QObject::connect(m_reply, &QNetworkReply::metaDataChanged, &m_context, [this] { onHead(); });
    QObject::connect(m_reply, &QNetworkReply::readyRead, &m_context, [this] { m_changed.notify(); });
    QObject::connect(m_reply, &QNetworkReply::finished, &m_context, [this] { m_changed.notify(); });
}

void NetworkCall::onConnected()
{
    if (!isConnecting())
        return;
    m_phase = CallPhase::Waiting;
    m_changed.notify(); // another deadline holds from now on
}

void NetworkCall::onRequestSent()
{
    if (m_hasHead)
        onSentAgain();
    else
        onConnected();
}

void NetworkCall::onHead()
{
    if (m_hasHead) {
        onSentAgain();
        return;
    }
    m_phase = CallPhase::Reading;
    m_hasHead = true;
    const QHttpHeaders headers = m_reply->headers();
    const QByteArrayView length = headers.value(QHttpHeaders::WellKnownHeader::ContentLength);
    const bool isChunked = headers.contains(QHttpHeaders::WellKnownHeader::TransferEncoding);
    // RFC 9110 section 6.4.1: these answers have no body, whatever length they name.
    const int status = m_reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    if (m_method == "HEAD" || status == 204 || status == 304)
        m_framing = Framing::None;
    else if (isChunked)
        m_framing = Framing::Chunks;
    else
        m_framing = length.isEmpty() ? Framing::UntilClose : Framing::Length;
    if (m_framing == Framing::Length)
        m_missing = length.trimmed().toLongLong();
    // Only now: before the request has begun a limit reaches nobody, and with one set while it waits for its answer
    // about every second call opened a connection of its own (Qt 6.8.2). A short body needs none.
    if (m_framing != Framing::Length || m_missing > kReadBufferSize)
        m_reply->setReadBufferSize(kReadBufferSize);
    m_changed.notify();
}

// When the last bytes and the end of a connection arrive together, Qt 6.8 may take the request for unanswered and send
// it again (one without a body; UploadBody refuses). What comes from here on belongs to another answer.
void NetworkCall::onSentAgain()
{
    m_rest = m_reply->readAll();
    m_wasResent = true;
    dropReply();
    m_changed.notify();
}

Task<Result<UpstreamHead>> NetworkCall::head(TimePoint deadline)
{
    const TimePoint connectDeadline = m_connectTimeout.count() <= 0 ? kNever : m_began + m_connectTimeout;
    while (!m_hasHead) {
        if (!m_reply || m_reply->isFinished()) {
            const Error error = failure();
            release();
            co_return std::unexpected(error);
        }
        const bool connectComesFirst = isConnecting() && connectDeadline < deadline;
        if (!co_await m_changed.wait(connectComesFirst ? connectDeadline : deadline)) {
            const Error error =
                connectComesFirst ? connectTimeoutError(facts(), m_connectTimeout) : headerTimeoutError(facts());
            release();
            co_return std::unexpected(error);
        }
    }
    co_return takeHead();
}

Task<Result<QByteArray>> NetworkCall::read(TimePoint deadline)
{
    const TimePoint waitingSince = Clock::now();
    for (;;) {
        if (QByteArray bytes = takeBuffered(); !bytes.isEmpty())
            co_return bytes;
        if (!m_reply || m_reply->isFinished())
            break;
        makeRoom();
        if (!co_await m_changed.wait(deadline)) {
            const Error error =
                readTimeoutError(facts(), std::chrono::duration_cast<milliseconds>(Clock::now() - waitingSince));
            release();
            co_return std::unexpected(error);
        }
    }
    if (isComplete()) {
        release();
        co_return QByteArray();
    }
    const Error error = failure();
    release();
    co_return std::unexpected(error);
}

UpstreamHead NetworkCall::takeHead() const
{
    UpstreamHead head;
    head.status = m_reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    const QHttpHeaders headers = m_reply->headers();
    for (qsizetype i = 0; i < headers.size(); ++i) {
        const QLatin1StringView name = headers.nameAt(i);
        head.headers.add(QByteArray(name.data(), name.size()), headers.valueAt(i).toByteArray());
    }
    return head;
}

QByteArray NetworkCall::takeBuffered()
{
    if (!m_rest.isEmpty() || !m_reply)
        return std::exchange(m_rest, {});
    // Never asks for more than there is: QIODevice::read() allocates what it is asked for.
    const qint64 available = std::min(m_reply->bytesAvailable(), kReadBufferSize);
    if (available <= 0)
        return {};
    const QByteArray bytes = m_reply->read(available);
    m_takenSinceRoom += bytes.size();
    m_missing -= bytes.size();
    return bytes;
}

void NetworkCall::makeRoom()
{
    // The reply tells its HTTP thread that there is room again only when a read finds its buffer empty, which
    // takeBuffered() never does. Telling it costs two wake-ups of threads: not for every small chunk. The HTTP
    // thread goes on by itself until at least half of the buffer was handed over.
    if (m_takenSinceRoom < kReadBufferSize / 2)
        return;
    m_takenSinceRoom = 0;
    char none = 0;
    m_reply->read(&none, 1);
}

bool NetworkCall::isComplete() const
{
    // Where bytes and end of a connection arrive together, what Qt 6.8 says of the end is not to be relied on: it may
    // report a cut body as whole, or fail a whole one for wanting to send the request again (see onSentAgain).
    const auto error = m_reply ? m_reply->error() : QNetworkReply::OperationCanceledError;
    const bool wasAnswered = m_wasResent || (m_hasHead && error == QNetworkReply::ContentReSendError);
    switch (m_framing) {
    case Framing::Length:
        return m_missing == 0;
    case Framing::UntilClose:
        return wasAnswered || !isTransportFailure(error, m_hasHead);
    case Framing::None:
        return true;
    case Framing::Chunks:
        return !wasAnswered && !isTransportFailure(error, m_hasHead);
    }
    Q_UNREACHABLE_RETURN(false);
}

CallFacts NetworkCall::facts() const
{
    return CallFacts{.host = m_host,
                     .tls = m_tls,
                     .phase = m_phase,
                     .elapsed = std::chrono::duration_cast<milliseconds>(Clock::now() - m_began)};
}

Error NetworkCall::failure() const
{
    if (m_wasResent || (m_reply && m_reply->isFinished() && m_reply->error() == QNetworkReply::NoError))
        return transportError(facts(), QNetworkReply::RemoteHostClosedError, QStringLiteral("Body is cut"), {});
    if (!m_reply)
        return transportError(facts(), QNetworkReply::OperationCanceledError, QStringLiteral("No reply"), {});
    return transportError(facts(), m_reply->error(), m_reply->errorString(), m_tlsProblem);
}

void NetworkCall::dropReply()
{
    QNetworkReply *reply = m_reply;
    if (!reply)
        return;
    m_reply = nullptr;
    QObject::disconnect(reply, nullptr, &m_context, nullptr);
    // A reply that already has an error warns when it is aborted; its destruction ends it just as well.
    if (reply->isRunning() && reply->error() == QNetworkReply::NoError)
        reply->abort();
    reply->deleteLater(); // one of its signals may be what brought us here
}

void NetworkCall::release()
{
    dropReply();
    m_lease.reset();
}

} // namespace lunargate
