// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/event.h"
#include "gateway/async/task.h"
#include "gateway/error.h"

#include <QByteArray>
#include <QByteArrayView>

#include <functional>
#include <optional>

namespace lunargate {

/// The body of a request that is handled while its body comes. The connection puts in what the client sends as long as
/// there is room, and whoever handles the request takes it out, or hands it to the call that sends it on. What is full
/// is not read from the client any more. Single-threaded.
class IncomingBody
{
public:
    /// `length`: as announced; nothing if the client does not say.
    explicit IncomingBody(std::optional<qint64> length) : m_length(length) {}
    IncomingBody(const IncomingBody &) = delete;
    IncomingBody &operator=(const IncomingBody &) = delete;

    // For who handles the request.

    /// Waits for more and takes it; empty: that was all. Fails as the client does: RequestTimeout (`read_timeout`),
    /// PayloadTooLarge, InvalidRequest; or at the deadline: RequestTimeout (`request_timeout`).
    Task<Result<QByteArray>> read(TimePoint deadline = kNever);
    /// Looks at the next bytes; `isLast`: nothing follows them. Its error ends the body.
    using Inspector = std::function<Result<void>(QByteArrayView bytes, bool isLast)>;
    /// `inspector` looks at everything that is put in from now on.
    void inspect(Inspector inspector) { m_inspector = std::move(inspector); }
    /// Ends (true) when whoever sends it on says so; false at the deadline.
    Task<bool> settled(TimePoint deadline);

    // For a call that sends it on.

    /// Copies at most `most` bytes that are here and takes them. Never calls the listener of onMore().
    qsizetype take(char *to, qsizetype most);
    /// `listener` is called when there is more to take, at the end and after a failure; empty: nobody listens. Whoever
    /// listens is yet to say settle().
    void onMore(std::function<void()> listener);
    /// Ends settled(): whatever comes of the rest, there is an answer. The listener stays.
    void settle();

    /// What of it was not taken yet, also of what has not come; nothing if the client did not say.
    std::optional<qint64> left() const;
    bool hasWaiting() const { return !m_waiting.isEmpty(); }
    bool isEnded() const { return m_hasAll && m_waiting.isEmpty(); }
    const std::optional<Error> &error() const { return m_error; }
    qint64 received() const { return m_received; }
    qint64 taken() const { return m_received - m_waiting.size(); }

    // For the connection.

    bool hasRoom() const;
    /// `listener` is called when there is room again. It must not put anything in at once.
    void onRoom(std::function<void()> listener) { m_onRoom = std::move(listener); }
    /// `listener` is called when somebody waits for more. It must not put anything in at once.
    void onWanted(std::function<void()> listener) { m_onWanted = std::move(listener); }
    /// The next bytes; `isLast`: nothing follows. May end the request.
    void put(QByteArrayView bytes, bool isLast);
    /// The client failed to send the rest. May end the request.
    void fail(Error error);

private:
    QByteArray takeAll();
    void tellRoom(bool hadRoom);
    void tellMore();
    void tellWanted();

    std::optional<qint64> m_length;
    QByteArray m_waiting;
    qint64 m_received = 0;
    bool m_hasAll = false;
    bool m_isSettled = false;
    std::optional<Error> m_error;
    Inspector m_inspector;
    std::function<void()> m_onMore;
    std::function<void()> m_onRoom;
    std::function<void()> m_onWanted;
    Event m_changed; // for read()
    Event m_settled;
};

} // namespace lunargate
