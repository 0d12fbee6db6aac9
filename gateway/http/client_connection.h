// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/task_runner.h"
#include "gateway/async/timer.h"
#include "gateway/http/exchange.h"
#include "gateway/http/http_response_writer.h"
#include "gateway/http/leave_watch.h"
#include "gateway/http/request_parser.h"
#include "gateway/http/upload_receiver.h"
#include "gateway/http/websocket_connection.h"

#include <QObject>

#include <memory>
#include <optional>

class QTcpSocket;

namespace lunargate {

/// One client's TCP connection: reads requests one after the other, has each answered, keeps the limits, and notices
/// in every phase that the client left. Emits closed() exactly once, then wants to be deleted (later).
class ClientConnection : public QObject
{
    Q_OBJECT

public:
    ClientConnection(std::unique_ptr<QTcpSocket> socket, const ConnectionLimits &limits, RequestHandler &handler);
    ~ClientConnection() override;

    /// Refuses the connection as a whole: answers with `error` and closes.
    void refuse(const Error &error);

    /// Lets a running request finish and closes afterwards; `closeIdle` closes at once when there is none.
    void drain(bool closeIdle);

    /// Whether a request is being answered, or the answer still waits for the client to take it.
    bool isBusy() const;

    /// Ends what runs: its task is destroyed and may say a last word (see Exchange::cutReason); then it closes.
    /// An answer that is complete is left the time until abort().
    void cut();

    /// Closes without regard to what runs.
    void abort();

Q_SIGNALS:
    void closed();
    /// isBusy() may have become false.
    void settled();

private:
    enum class Phase {
        Reading,   ///< the client owes us its request
        Handling,  ///< we owe the client its answer
        Flushing,  ///< the client owes us to take it
        WebSocket, ///< both say what they like
        Lingering, ///< we are done, the client may still be sending
        Closed,
    };

    void onReadyRead();
    void parseAvailable();
    void startRequest();
    void startWithoutBody();
    void startStreaming();
    void askForBody();
    void handle(HttpRequest request, bool keepAlive);
    void beginExchange(HttpRequest request, bool keepAlive);
    void onTaskFinished(std::exception_ptr exception);
    void completeRequest();
    void onAnswerTaken();
    void beginWebSocket();
    void onWebSocketClosed();
    void endWebSocket();
    bool admit();
    void admitBody(bool isStreamed);
    void cutReading();
    void refuseRequest(const Error &error);
    void refuseNow(const Error &error);
    void onBytesWritten();
    void onDisconnected();
    void onDeadline();
    void watchReading();
    void watchWriting();
    void closeGracefully();
    void linger();
    void finishClosing();

    std::unique_ptr<QTcpSocket> m_socket;
    const ConnectionLimits &m_limits;
    RequestHandler &m_handler;
    RequestParser m_parser;
    QByteArray m_unread;                          // bytes that came behind the current request
    std::optional<HttpResponseWriter> m_response; // while there is an exchange, which writes to it
    std::optional<Exchange> m_exchange;
    UploadReceiver m_upload; // active while a request is handled whose body still comes
    TaskRunner m_runner;
    std::unique_ptr<WebSocketConnection> m_webSocket; // from the handshake until it was closed
    Timer m_deadline;
    LeaveWatch m_leaveWatch;
    TimePoint m_phaseStart; // since when the client owes us its request, or may go on sending one that is refused
    qint64 m_lingered = 0;  // bytes of it that were thrown away
    Phase m_phase = Phase::Reading;
    bool m_closesAfterwards = false; // once the client took the answer
    bool m_mayBeStuck = false;       // nothing left for the client since the write deadline came the last time
    bool m_draining = false;
    bool m_isAdmitted = false; // the request that is being read
    bool m_isRefusing = false;
    bool m_isCut = false; // the task is about to be destroyed with a last word to the client
    bool m_parsing = false;
};

} // namespace lunargate
