// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/remote_control/remote_client.h"

#include "gateway/config/masked_url.h"
#include "gateway/observability/logging.h"
#include "gateway/remote_control/backend_address.h"
#include "gateway/remote_control/connection_problem.h"
#include "gateway/remote_control/message_writer.h"
#include "gateway/remote_control/sandbox_request.h"

#include <QNetworkRequest>
#include <QRandomGenerator>
#include <QUuid>
#include <QWebSocket>

#include <utility>

namespace lunargate {

namespace {

using State = RemoteControlStatus::State;

constexpr std::chrono::seconds kTellInterval{30};
// What a message may be beside the request in it; a request that is a little too large is still answered.
constexpr qint64 kEnvelope = 64 * 1024;
// Of the model list.
constexpr qint64 kMaxListBytes = 16 * 1024 * 1024;
// What may wait for a backend that takes nothing, beside the answers of the commands that may run.
constexpr qint64 kMaxWaiting = 1024 * 1024;

QByteArray closedProblem(QWebSocketProtocol::CloseCode code)
{
    return "the connection was closed (code " + QByteArray::number(code) + ')';
}

} // namespace

bool RemoteControlSettings::hasSameBackend(const RemoteControlSettings &other) const
{
    return isWanted == other.isWanted && backendUrl == other.backendUrl && apiKey.matches(other.apiKey.reveal());
}

RemoteClient::RemoteClient(RemoteControlBoard &board, const RemoteControlTiming &timing)
    : m_timing(timing),
      m_board(board),
      m_instanceId(QUuid::createUuid().toByteArray(QUuid::Id128)),
      m_delay(timing.firstRetry),
      m_deadline([this] { onDeadline(); }),
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
            tellHello();
        return;
    }
    drop();
    m_retry.stop();
    m_delay.reset();
    m_problem.clear();
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
    connectToBackend();
}

void RemoteClient::connectToBackend()
{
    setState(State::Connecting, "the backend is asked for a connection");
    m_socket = new QWebSocket(QString(), QWebSocketProtocol::VersionLatest, this);
    limitIncoming();
    connect(m_socket, &QWebSocket::connected, this, &RemoteClient::onConnected);
    connect(m_socket, &QWebSocket::textMessageReceived, this, &RemoteClient::onMessage);
    connect(m_socket, &QWebSocket::pong, this, [this] { m_deadline.start(Clock::now() + m_timing.silence); });
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
    m_deadline.start(Clock::now() + m_timing.silence);
    m_heartbeat.start(Clock::now() + m_timing.heartbeat);
    tellHello();
}

void RemoteClient::onMessage(const QString &message)
{
    m_deadline.start(Clock::now() + m_timing.silence);
    m_commands->take(message.toUtf8());
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
    if (problem == m_problem && Clock::now() - m_toldAt < kTellInterval)
        return;
    m_problem = problem;
    m_toldAt = Clock::now();
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
    m_modelList.reset();
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
    const qint64 most = m_settings.limits.maxAnswerBytes * m_settings.limits.maxConcurrent + kMaxWaiting;
    if (m_socket && m_socket->bytesToWrite() > most)
        lose("the backend does not take what it asked for");
}

void RemoteClient::beat()
{
    m_heartbeat.start(Clock::now() + m_timing.heartbeat);
    send(heartbeatMessage());
    if (m_socket && m_socket->isValid())
        m_socket->ping(); // its answer shows that somebody is there
}

// The models come through the pipeline, as a client gets them: lists that providers tell are fetched for it.
void RemoteClient::tellHello()
{
    m_isHelloOld = m_modelList != nullptr;
    if (m_isHelloOld)
        return;
    m_modelList = std::make_unique<LocalRequest>(modelListRequest(), kMaxListBytes);
    m_modelList->start(*m_handler, [this] { sendHello(); });
}

void RemoteClient::sendHello()
{
    const std::unique_ptr<LocalRequest> list = std::move(m_modelList);
    if (std::exchange(m_isHelloOld, false))
        return tellHello();
    const QByteArray hello = helloMessage(
        {.instanceId = m_instanceId, .routes = m_settings.routes, .models = modelIds(list->response().body())});
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
