// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/http/websocket_frame.h"

#include <QByteArrayList>

namespace lunargate {

class RequestHandler;

/// The way to a client with a WebSocket. What is sent after it was closed goes nowhere.
class WebSocketChannel
{
public:
    WebSocketChannel() = default;
    WebSocketChannel(const WebSocketChannel &) = delete;
    WebSocketChannel &operator=(const WebSocketChannel &) = delete;
    virtual ~WebSocketChannel() = default;

    /// Messages, each of its own, in UTF-8; they leave together.
    virtual void sendTexts(const QByteArrayList &texts) = 0;
    void sendText(const QByteArray &text) { sendTexts({text}); }
    /// How much of what was sent the client has not taken.
    virtual qint64 waitingBytes() const = 0;
    /// What was sent still goes out. The session is destroyed a little later, and hears nothing more.
    virtual void close(WebSocketClose code, QByteArrayView reason) = 0;
};

/// What is said over a WebSocket, on the gateway's side. Lives in the connection's thread until the connection ends;
/// destroying it cancels what runs, and never happens from inside of its own functions.
class WebSocketSession
{
public:
    /// Why a session is to end.
    enum class End {
        Shutdown, ///< the gateway ends
        TooOld,   ///< `server.websocket_max_age`
    };

    WebSocketSession() = default;
    WebSocketSession(const WebSocketSession &) = delete;
    WebSocketSession &operator=(const WebSocketSession &) = delete;
    virtual ~WebSocketSession() = default;

    /// First; both outlive this.
    virtual void begin(WebSocketChannel &channel, RequestHandler &handler) = 0;
    /// A client's message; valid UTF-8.
    virtual void onText(QByteArray text) = 0;
    /// The client took some of what waits.
    virtual void onBytesWritten() = 0;

    /// Whether something is being answered.
    virtual bool isBusy() const = 0;
    /// From now on nothing begins, and the channel is closed as soon as nothing runs.
    virtual void end(End why) = 0;
    /// Ends what runs, with a last word to the client; after end().
    virtual void cut() = 0;
};

} // namespace lunargate
