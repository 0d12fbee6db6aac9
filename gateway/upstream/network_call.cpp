// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/upstream/network_call.h"

#include "gateway/upstream/upload_body.h"

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
        return request.method == "GET" ? manager.get(prepared)
                                       : manager.sendCustomRequest(prepared, request.method, QByteArray());
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
      m_tls(request.url.scheme() == u"https"),
      m_connectTimeout(request.connectTimeout)
{
    if (request.url.port() != -1)
        m_host += ':' + QByteArray::number(request.url.port());
    m_reply = start(m_lease->manager(), prepared, request);
    m_reply->setReadBufferSize(kReadBufferSize);
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
    QObject::connect(m_reply, &QNetworkReply::requestSent, &m_context, [this] { onConnected(); });
    QObject::connect(m_reply, &QNetworkReply::sslErrors, &m_context,
                     [this](const QList<QSslError> &errors) { m_tlsProblem = errors.first().errorString().toUtf8(); });
    QObject::connect(m_reply, &QNetworkReply::metaDataChanged, &m_context, [this] {
        m_phase = CallPhase::Reading;
        m_hasHead = true;
        m_changed.notify();
    });
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
    while (m_reply) {
        if (QByteArray bytes = takeBuffered(); !bytes.isEmpty())
            co_return bytes;
        if (m_reply->isFinished()) {
            if (!isTransportFailure(m_reply->error(), m_hasHead)) {
                release();
                co_return QByteArray();
            }
            break;
        }
        makeRoom();
        if (!co_await m_changed.wait(deadline)) {
            const Error error =
                readTimeoutError(facts(), std::chrono::duration_cast<milliseconds>(Clock::now() - waitingSince));
            release();
            co_return std::unexpected(error);
        }
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
    // Never asks for more than there is: QIODevice::read() allocates what it is asked for.
    const qint64 available = std::min(m_reply->bytesAvailable(), kReadBufferSize);
    if (available <= 0)
        return {};
    const QByteArray bytes = m_reply->read(available);
    m_takenSinceRoom += bytes.size();
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

CallFacts NetworkCall::facts() const
{
    return CallFacts{.host = m_host,
                     .tls = m_tls,
                     .phase = m_phase,
                     .elapsed = std::chrono::duration_cast<milliseconds>(Clock::now() - m_began)};
}

Error NetworkCall::failure() const
{
    if (!m_reply)
        return transportError(facts(), QNetworkReply::OperationCanceledError, QString(), {});
    return transportError(facts(), m_reply->error(), m_reply->errorString(), m_tlsProblem);
}

void NetworkCall::release()
{
    if (QNetworkReply *reply = m_reply) {
        m_reply = nullptr;
        QObject::disconnect(reply, nullptr, &m_context, nullptr);
        // A reply that already has an error warns when it is aborted; its destruction ends it just as well.
        if (reply->isRunning() && reply->error() == QNetworkReply::NoError)
            reply->abort();
        reply->deleteLater(); // one of its signals may be what brought us here
    }
    m_lease.reset();
}

} // namespace lunargate
