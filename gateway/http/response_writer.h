// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/event.h"
#include "gateway/http/header_list.h"

#include <QByteArray>

#include <functional>

class QTcpSocket;

namespace lunargate {

/// Writes one answer to the client's socket: either whole, or as a stream of pieces. Used from the connection's thread;
/// what is written after the client left goes nowhere.
class ResponseWriter
{
public:
    enum class State { NotStarted, Streaming, Finished };

    /// `minorVersion` and `keepAlive` are the client's; `headOnly` for HEAD requests.
    ResponseWriter(QTcpSocket *socket, int minorVersion, bool keepAlive, bool headOnly);

    /// A field that every answer of this request gets, errors included. Before the answer starts.
    void setHeader(QByteArrayView name, QByteArray value) { m_headers.set(name, std::move(value)); }
    /// The same for a name that is a constant of the program, as most are: it is not copied.
    template <std::size_t Size>
    void setHeader(const char (&name)[Size], QByteArray value)
    {
        m_headers.remove(name);
        m_headers.add(QByteArray::fromRawData(name, qsizetype(Size) - 1), std::move(value));
    }
    const HeaderList &headers() const { return m_headers; }

    /// From now on `listener` sees each piece of a stream before it leaves; empty: nobody does.
    void onWrite(std::function<void(QByteArrayView)> listener) { m_onWrite = std::move(listener); }

    /// The connection closes after this answer.
    void closeAfterwards() { m_keepAlive = false; }

    /// A whole answer. An empty `contentType` leaves that header out.
    void send(int status, QByteArrayView contentType, QByteArrayView body);

    /// Begins an answer whose length is not known. Status line and headers leave with the first piece.
    void startStream(int status, QByteArrayView contentType);
    /// The next piece, on its way at once. Before the next one:
    /// `while (writer.isCongested()) co_await writer.drained();`
    void write(QByteArrayView bytes);
    /// The regular end of a stream.
    void finishStream();

    /// Whether more waits for the client than a stream may hold.
    bool isCongested() const;
    /// Resumes when the client has taken most of what waits, or earlier: ask isCongested() again.
    Event::Awaiter drained() { return m_drained.wait(); }
    /// To be called by the connection when bytes left for the client. May end the request: touch nothing afterwards.
    void bytesWritten();

    State state() const { return m_state; }
    bool keepsAlive() const { return m_keepAlive; }
    int status() const { return m_status; }
    qint64 bodyBytes() const { return m_bodyBytes; }

private:
    QByteArray head(int status, QByteArrayView contentType, std::optional<qsizetype> length) const;
    void put(QByteArrayView bytes);

    QTcpSocket *m_socket;
    HeaderList m_headers;
    std::function<void(QByteArrayView)> m_onWrite;
    Event m_drained;
    State m_state = State::NotStarted;
    int m_minorVersion;
    bool m_keepAlive;
    bool m_headOnly;
    bool m_chunked = false;
    int m_status = 0;
    qint64 m_bodyBytes = 0;
};

} // namespace lunargate
