// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/remote_control/remote_client.h"

#include "gateway/config/masked_url.h"
#include "gateway/observability/logging.h"
#include "gateway/remote_control/backend_address.h"
#include "gateway/remote_control/connection_problem.h"
#include "gateway/remote_control/message_writer.h"

#include <QNetworkRequest>
#include <QRandomGenerator>
#include <QUuid>
#include <QWebSocket>

#include <utility>

namespace lunargate {

namespace {

using State = RemoteControlStatus::State;

// What a message may be beside the request in it; a request that is a little too large is still answered.
constexpr qint64 kEnvelope = 64 * 1024;
// What may wait for a backend that takes nothing, beside answers.
constexpr qint64 kMaxWaiting = 1024 * 1024;

QByteArray closedProblem(QWebSocketProtocol::CloseCode code)
{
    return "the connection was closed (code " + QByteArray::number(code) + ')';
}

} // namespace

bool RemoteControlSettings::hasSameBackend(const RemoteControlSettings &other) const
{
    if (!isWanted && !other.isWanted)
        return true;
    return isWanted == other.isWanted && backendUrl == other.backendUrl && apiKey.isSame(other.apiKey);
}

RemoteClient::RemoteClient(RemoteControlBoard &board, const RemoteControlTiming &timing)
    : m_timing(timing),
      m_board(board),
      m_instanceId(QUuid::createUuid().toByteArray(QUuid::Id128)),
      m_delay(timing.firstRetry),
      m_models(timing.models, [this] { sendHello(); }),
      m_deadline([this] { onDeadline(); }),
      m_congested([this] { lose("the backend does not take what it asked for"); }),
      m_heartbeat([this] { beat(); }),
      m_retry([this] { connectToBackend(); }),
      m_closing([this] { endShutDown(); })
{
    m_board.update([this](RemoteControlStatus &status) { status.instanceId = m_instanceId; });
}

RemoteClient::~RemoteClient()
{
    if (m_socket)
        m_socket->disconnect(this);
}

void RemoteClient::start(std::unique_ptr<RequestHandler> handler)
{
    m_handler = std::move(handler);
    m_commands = std::make_unique<CommandRunner>(*m_handler, m_board, m_instanceId,
                                                 [this](const QByteArray &message) { send(message); });
}

void RemoteClient::apply(const RemoteControlSettings &settings)
{
    if (m_ended)
        return;
    const bool isSame = m_settings.hasSameBackend(settings);
    m_settings = settings;
    m_commands->setLimits(settings.limits);
    if (isSame) {
        limitIncoming();
        if (isConnected())
            m_models.ask(*m_handler);
        return;
    }
    drop();
    m_retry.stop();
    m_delay.reset();
    m_toldProblem.forget();
    begin();
}

void RemoteClient::begin()
{
    m_board.update([](RemoteControlStatus &status) { status.url.clear(); });
    if (!m_settings.isWanted) {
        logEvent(remoteControlLog(), LogLevel::Info, "remote control is off");
        return setState(State::Off, RemoteControlStatus().why);
    }
    if (m_settings.apiKey.isEmpty()) {
        logEvent(remoteControlLog(), LogLevel::Warning, "remote control is off: there is no data_sharing.api_key");
        return setState(State::Off, "data_sharing.api_key is missing");
    }
    const std::expected<QUrl, QByteArray> url = backendAddress(m_settings.backendUrl);
    if (!url) {
        logEvent(remoteControlLog(), LogLevel::Error, "remote control cannot connect",
                 {{"backend_url", maskedUrl(m_settings.backendUrl)}, {"problem", url.error()}});
        return setState(State::Failed, url.error());
    }
    m_url = *url;
    m_board.update([this](RemoteControlStatus &status) { status.url = maskedUrl(m_url.toEncoded()); });
    const Result<QNetworkProxy> proxy =
        ProxyEnvironment::fromProcess().proxyFor(QUrl::fromEncoded(m_settings.backendUrl));
    if (!proxy) {
        logEvent(remoteControlLog(), LogLevel::Error, "remote control cannot connect",
                 {{"problem", proxy.error().message}});
        return setState(State::Failed, proxy.error().message);
    }
    m_proxy = *proxy;
    connectToBackend();
}

void RemoteClient::connectToBackend()
{
    setState(State::Connecting, "the backend is asked for a connection");
    m_socket = new QWebSocket(QString(), QWebSocketProtocol::VersionLatest, this);
    m_socket->setProxy(m_proxy); // or else Qt chooses one
    limitIncoming();
    connect(m_socket, &QWebSocket::connected, this, &RemoteClient::onConnected);
    connect(m_socket, &QWebSocket::textMessageReceived, this, &RemoteClient::onMessage);
    connect(m_socket, &QWebSocket::textFrameReceived, this, &RemoteClient::hear);
    connect(m_socket, &QWebSocket::pong, this, [this](quint64, const QByteArray &ping) { onPong(ping); });
    connect(m_socket, &QWebSocket::disconnected, this, &RemoteClient::onDisconnected);
    connect(m_socket, &QWebSocket::errorOccurred, this, &RemoteClient::onError);
    m_deadline.start(Clock::now() + m_timing.connecting);
    QNetworkRequest request(m_url);
    request.setRawHeader("Authorization", "Bearer " + m_settings.apiKey.reveal());
    m_socket->open(request);
}

void RemoteClient::limitIncoming()
{
    if (!m_socket)
        return;
    const qint64 most = 2 * m_settings.limits.maxRequestBytes + kEnvelope;
    m_socket->setMaxAllowedIncomingMessageSize(static_cast<quint64>(most));
    m_socket->setMaxAllowedIncomingFrameSize(static_cast<quint64>(most));
    m_socket->setReadBufferSize(most + kEnvelope);
}

void RemoteClient::onConnected()
{
    m_connectedAt = Clock::now();
    m_hello.clear();
    logEvent(remoteControlLog(), LogLevel::Info, "remote control connected",
             {{"backend", maskedUrl(m_url.toEncoded())}, {"instance_id", m_instanceId}});
    setState(State::Connected, "commands of the backend are run");
    hear();
    m_heartbeat.start(Clock::now() + m_timing.heartbeat);
    m_models.ask(*m_handler);
}

void RemoteClient::onMessage(const QString &message)
{
    m_commands->take(message.toUtf8());
}

void RemoteClient::onPong(const QByteArray &ping)
{
    if (m_unread.answered(ping))
        m_congested.stop(); // it reads: if too slowly, its time begins anew
    hear();
    boundUnread();
}

// What was written says nothing of the other side: the system takes a heartbeat also when nobody is there.
void RemoteClient::hear()
{
    m_heardAt = Clock::now();
    m_deadline.start(m_heardAt + m_unread.patience(m_timing.silence));
}

void RemoteClient::onError(QAbstractSocket::SocketError error)
{
    if (error == QAbstractSocket::RemoteHostClosedError)
        return lose(closedProblem(m_socket->closeCode()));
    const ConnectionProblem problem = connectionProblem(m_socket->errorString());
    lose(problem.text, problem.isRefusing);
}

// An error that follows at once knows more.
void RemoteClient::onDisconnected()
{
    const auto tell = [this, socket = m_socket] {
        if (socket == m_socket)
            lose(closedProblem(m_socket->closeCode()));
    };
    QMetaObject::invokeMethod(this, tell, Qt::QueuedConnection);
}

void RemoteClient::onDeadline()
{
    lose(isConnected() ? "the backend is silent" : "the backend does not answer");
}

void RemoteClient::lose(const QByteArray &problem, bool isKeyRefused)
{
    if (m_ended)
        return endShutDown();
    if (isConnected())
        m_delay.connectionEnded(Clock::now() - *m_connectedAt);
    drop();
    warn(problem, isKeyRefused);
    const std::chrono::milliseconds wait = m_delay.next(QRandomGenerator::global()->generateDouble());
    setState(State::Waiting, problem);
    m_board.update([&](RemoteControlStatus &status) {
        status.lastError = problem;
        status.nextAttempt = status.since + wait;
    });
    m_retry.start(Clock::now() + wait);
}

void RemoteClient::warn(const QByteArray &problem, bool isKeyRefused)
{
    if (!m_toldProblem.isNews(problem, Clock::now()))
        return;
    logEvent(remoteControlLog(), LogLevel::Warning,
             isKeyRefused ? "the backend refused the key of remote control; check data_sharing.api_key"
                          : "remote control is not connected; it is tried again",
             {{"backend", maskedUrl(m_url.toEncoded())}, {"problem", problem}});
}

// Nothing of the connection is heard of any more, and nobody gets the answers of what runs.
void RemoteClient::drop()
{
    m_connectedAt.reset();
    m_deadline.stop();
    m_heartbeat.stop();
    m_congested.stop();
    m_models.stop();
    m_unread.reset();
    m_commands->hold(false);
    m_commands->cancelAll();
    if (!m_socket)
        return;
    m_socket->disconnect(this);
    std::exchange(m_socket, nullptr)->deleteLater();
}

void RemoteClient::send(const QByteArray &message)
{
    if (!isConnected() || !m_socket->isValid()) // the latter: it is being closed
        return;
    m_socket->sendTextMessage(QString::fromUtf8(message));
    if (!m_socket)
        return;
    m_socket->ping(m_unread.sent(message.size()));
    if (!m_socket)
        return;
    m_deadline.start(m_heardAt + m_unread.patience(m_timing.silence));
    boundUnread();
}

// Commands are refused from there on. What runs may come to as much again.
qint64 RemoteClient::mostUnread() const
{
    return m_settings.limits.maxAnswerBytes * m_settings.limits.maxConcurrent;
}

void RemoteClient::boundUnread()
{
    const bool isCongested = m_unread.count() > mostUnread();
    m_commands->hold(isCongested);
    if (m_unread.count() > 2 * mostUnread() + kMaxWaiting)
        lose("the backend does not take what it asked for");
    else if (!isCongested)
        m_congested.stop();
    else if (!m_congested.isActive())
        m_congested.start(Clock::now() + m_unread.patience(m_timing.silence));
}

void RemoteClient::beat()
{
    m_heartbeat.start(Clock::now() + m_timing.heartbeat);
    send(heartbeatMessage());
}

void RemoteClient::sendHello()
{
    const QByteArray hello =
        helloMessage({.instanceId = m_instanceId, .routes = m_settings.routes, .models = m_models.ids()});
    if (std::exchange(m_hello, hello) != hello)
        send(hello);
}

void RemoteClient::shutDown(std::function<void()> ended)
{
    m_ended = std::move(ended);
    m_retry.stop();
    m_closing.start(Clock::now() + m_timing.closing);
    m_commands->cutAll([this] {
        if (!m_ended)
            return;
        if (isConnected())
            m_socket->close(QWebSocketProtocol::CloseCodeGoingAway);
        else
            endShutDown();
    });
}

void RemoteClient::endShutDown()
{
    m_closing.stop();
    drop();
    setState(State::Off, "the gateway is shutting down");
    if (m_ended)
        std::exchange(m_ended, nullptr)();
}

void RemoteClient::setState(State state, const QByteArray &why)
{
    m_board.update([&](RemoteControlStatus &status) {
        status.state = state;
        status.why = why;
        status.since = std::chrono::system_clock::now();
        status.nextAttempt.reset();
    });
}

} // namespace lunargate
