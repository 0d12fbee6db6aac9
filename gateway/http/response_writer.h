// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/event.h"
#include "gateway/http/header_list.h"

#include <QByteArray>

#include <functional>

namespace lunargate {

/// Writes one answer, either whole or as a stream of pieces, to whoever sent the request. Used from the request's
/// thread; what is written after the client left goes nowhere.
class ResponseWriter
{
public:
    enum class State { NotStarted, Streaming, Finished };

    /// `headOnly` for HEAD requests.
    explicit ResponseWriter(bool headOnly);
    ResponseWriter(const ResponseWriter &) = delete;
    ResponseWriter &operator=(const ResponseWriter &) = delete;
    virtual ~ResponseWriter() = default;

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
    /// Nobody will ask for headers() any more: once the answer has started, they may go.
    virtual void releaseHeaders() {}

    /// From now on `listener` sees each piece of a stream before it leaves; empty: nobody does.
    void onWrite(std::function<void(QByteArrayView)> listener) { m_onWrite = std::move(listener); }

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
    bool isWaitedFor() const { return m_drained.hasWaiter(); }
    /// To be called by the connection when bytes left for the client. May end the request: touch nothing afterwards.
    void bytesWritten();

    State state() const { return m_state; }
    int status() const { return m_status; }
    qint64 bodyBytes() const { return m_bodyBytes; }

protected:
    bool isHeadOnly() const { return m_headOnly; }
    void clearHeaders() { m_headers = {}; }

private:
    /// Puts a whole answer on its way, with status() and headers(); of HEAD requests without the body.
    virtual void putWhole(QByteArrayView contentType, QByteArrayView body) = 0;
    /// The same for the head of a stream, which may wait for the first piece.
    virtual void putHead(QByteArrayView contentType) = 0;
    /// The head need not wait any more, though there is no piece yet.
    virtual void flushHead() {}
    /// A piece, never empty; not for HEAD requests.
    virtual void putPiece(QByteArrayView bytes) = 0;
    virtual void putEnd() = 0;
    /// How much of what was put still waits.
    virtual qint64 waitingBytes() const = 0;

    HeaderList m_headers;
    std::function<void(QByteArrayView)> m_onWrite;
    Event m_drained;
    State m_state = State::NotStarted;
    bool m_headOnly;
    int m_status = 0;
    qint64 m_bodyBytes = 0;
};

} // namespace lunargate
