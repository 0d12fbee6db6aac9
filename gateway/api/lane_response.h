// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/http/response_writer.h"
#include "gateway/http/websocket_session.h"
#include "gateway/upstream/sse_reader.h"

namespace lunargate::api {

/// An error as a message of a WebSocket. `error`: its object as JSON; `headers`: of the answer that it would have been.
QByteArray errorMessage(int status, QByteArrayView error, const HeaderList &headers, const QByteArray &lane);

/// Writes the answer to a message of a WebSocket: each event of the stream is a message with the event's JSON, an error
/// is one with its status. Used as any ResponseWriter; what waits is what waits for the whole connection.
class LaneResponse final : public ResponseWriter
{
public:
    /// `lane` is repeated in every message, if it has a name. The channel outlives this.
    LaneResponse(WebSocketChannel &channel, QByteArray lane);

    /// Of the response that has come to its end; empty as long as none has, and if it failed.
    const QByteArray &finishedId() const { return m_finishedId; }
    /// The `code` of the error that the request was refused with.
    const QByteArray &errorCode() const { return m_errorCode; }

private:
    void putWhole(QByteArrayView contentType, QByteArrayView body) override;
    void putHead(QByteArrayView) override {}
    void putPiece(QByteArrayView bytes) override;
    void putEnd() override {}
    qint64 waitingBytes() const override { return m_channel.waitingBytes(); }

    void noteEnd(const QByteArray &data);

    WebSocketChannel &m_channel;
    const QByteArray m_lane;
    SseReader m_reader;
    std::vector<SseEvent> m_events; // empty between two pieces
    QByteArray m_finishedId;
    QByteArray m_errorCode;
};

} // namespace lunargate::api
