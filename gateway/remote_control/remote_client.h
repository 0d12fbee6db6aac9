// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/timer.h"
#include "gateway/observability/told_problem.h"
#include "gateway/remote_control/command_runner.h"
#include "gateway/remote_control/model_ids.h"
#include "gateway/remote_control/reconnect_delay.h"
#include "gateway/remote_control/unread_bytes.h"
#include "gateway/upstream/proxy_environment.h"

#include <QAbstractSocket>
#include <QObject>
#include <QUrl>

class QWebSocket;

namespace lunargate {

/// Times of the connection; tests have their own.
struct RemoteControlTiming
{
    std::chrono::milliseconds heartbeat{20'000};
    std::chrono::milliseconds silence{60'000}; ///< borne with before the connection is given up; see UnreadBytes
    std::chrono::milliseconds connecting{30'000};
    std::chrono::milliseconds firstRetry{1'000}; ///< see ReconnectDelay
    std::chrono::milliseconds closing{1'000};    ///< for the last answers, at the end
    std::chrono::milliseconds models{16'000}; ///< until the model list is asked for again: lists are fetched meanwhile
};

/// What of the configuration counts here.
struct RemoteControlSettings
{
    bool isWanted = false;
    QByteArray backendUrl;
    SecretString apiKey;
    RemoteControlConfig limits;
    std::vector<QByteArray> routes; ///< names

    /// Whether both mean the same connection.
    bool hasSameBackend(const RemoteControlSettings &other) const;
};

/// The connection to the backend: made, kept alive, and made again. Everything in one thread with an event loop.
class RemoteClient : public QObject
{
public:
    /// `board` outlives this.
    RemoteClient(RemoteControlBoard &board, const RemoteControlTiming &timing);
    ~RemoteClient() override;

    /// In its thread, before anything else: what answers the requests that commands become.
    void start(std::unique_ptr<RequestHandler> handler);

    /// Takes over these settings. The connection stays if it is the same one.
    void apply(const RemoteControlSettings &settings);

    /// Ends what runs, tells the backend so, and closes the connection; then calls `ended`, in time.
    void shutDown(std::function<void()> ended);

private:
    void begin();
    void connectToBackend();
    void limitIncoming();
    void onConnected();
    void onMessage(const QString &message);
    void onPong(const QByteArray &ping);
    void hear();
    void onError(QAbstractSocket::SocketError error);
    void onDisconnected();
    void onDeadline();
    void lose(const QByteArray &problem, bool isKeyRefused = false);
    void warn(const QByteArray &problem, bool isKeyRefused);
    void drop();
    void send(const QByteArray &message);
    void boundUnread();
    qint64 mostUnread() const;
    void beat();
    void sendHello();
    void endShutDown();
    bool isConnected() const { return m_connectedAt.has_value(); }
    void setState(RemoteControlStatus::State state, const QByteArray &why);

    const RemoteControlTiming m_timing;
    RemoteControlBoard &m_board;
    const QByteArray m_instanceId;
    std::unique_ptr<RequestHandler> m_handler; // what runs uses it
    RemoteControlSettings m_settings;
    QUrl m_url;
    QNetworkProxy m_proxy;
    ReconnectDelay m_delay;
    std::unique_ptr<CommandRunner> m_commands;
    ModelIds m_models;
    QByteArray m_hello;             // that this connection got last
    QWebSocket *m_socket = nullptr; // owned: deleted later, as it may be its signal that ends it
    std::optional<TimePoint> m_connectedAt;
    TimePoint m_heardAt{}; // that something came last
    UnreadBytes m_unread;
    Timer m_deadline;  // for the connection, or for something to come
    Timer m_congested; // runs while too much is unread
    Timer m_heartbeat;
    Timer m_retry;
    ToldProblem m_toldProblem;
    std::function<void()> m_ended; // set while shutting down
    Timer m_closing;
};

} // namespace lunargate
