// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/api/lane_response.h"
#include "gateway/api/session_message.h"
#include "gateway/http/local_request.h"
#include "gateway/http/websocket_session.h"
#include "gateway/responses/response_store.h"

#include <deque>
#include <map>
#include <memory>
#include <optional>

namespace lunargate::api {

/// The Responses over a WebSocket: each `response.create` becomes a request of its own to the connection's handler,
/// with the headers of the handshake, so that it is authenticated, limited and recorded like any other. Requests of one
/// lane
/// (`stream_id`) run one after the other, those of different lanes at the same time.
class ResponsesSession final : public WebSocketSession
{
public:
    struct Settings
    {
        HttpRequest handshake;
        QByteArray owner;           ///< of what is kept for this connection alone: connectionOwner() with its id below
        QByteArray id;              ///< HttpRequest::webSocket of its messages
        qint64 maxWaitingBytes = 0; ///< of messages whose lanes are busy
        int maxJsonDepth = 0;
    };

    // OpenAI's limits (API reference, "WebSocket mode").
    static constexpr qsizetype kMostRunning = 16;
    static constexpr qsizetype kMostLanes = 32;
    /// More messages may not wait.
    static constexpr qsizetype kMostWaiting = 16;

    ResponsesSession(Settings settings, std::shared_ptr<ResponseStore> store);
    ~ResponsesSession() override;

    void begin(WebSocketChannel &channel, RequestHandler &handler) override;
    void onText(QByteArray text) override;
    void onBytesWritten() override;
    bool isBusy() const override { return m_running > 0 || m_waiting > 0; }
    void end(End why) override;
    void cut() override;

private:
    struct Running
    {
        Running(WebSocketChannel &channel, const QByteArray &lane, HttpRequest asked, QByteArray previous)
            : previousResponseId(std::move(previous)), response(channel, lane), request(std::move(asked), response)
        {
        }

        const QByteArray previousResponseId;
        bool isCut = false;
        LaneResponse response;
        LocalRequest request; // first to go: it writes
    };
    struct Lane
    {
        std::deque<SessionMessage> waiting;
        std::unique_ptr<Running> running;
        QByteArray lastResponseId; // as far as this connection alone keeps it
    };

    Result<Lane *> laneFor(const SessionMessage &message);
    bool mustWait(const QByteArray &lane) const;
    void startWaiting();
    void start(const QByteArray &name, Lane &lane);
    void ended(const QByteArray &name);
    void remember(Lane &lane, const Running &over);
    bool isTurnedOut(const Running &over) const;
    void turnOut();
    void refuseWaiting(const Error &error);
    void closeIfDone();
    void refuse(const QByteArray &lane, const Error &error);
    HttpRequest requestFor(SessionMessage &message) const;

    const Settings m_settings;
    const std::shared_ptr<ResponseStore> m_store;
    WebSocketChannel *m_channel = nullptr;
    RequestHandler *m_handler = nullptr;
    std::map<QByteArray, Lane> m_lanes; // by name; the one without a name is there as soon as it is used
    std::deque<QByteArray> m_ready;     // lanes that wait and do not run, the one that waits longest first
    qsizetype m_running = 0;
    qsizetype m_waiting = 0;
    qint64 m_waitingBytes = 0;
    std::optional<End> m_end;
    bool m_isStarting = false;
    bool m_isOver = false; // the channel was closed
};

} // namespace lunargate::api
