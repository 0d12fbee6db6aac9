// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/http/incoming_body.h"

#include <algorithm>
#include <cstring>

namespace lunargate {

namespace {

// What may wait for who handles the request, but for the piece that passes it.
constexpr qsizetype kMostWaiting = 256 * 1024;

} // namespace

Task<Result<QByteArray>> IncomingBody::read(TimePoint deadline)
{
    while (m_waiting.isEmpty() && !m_hasAll && !m_error) {
        tellWanted();
        if (!co_await m_changed.wait(deadline)) {
            co_return std::unexpected(Error{.kind = ErrorKind::RequestTimeout,
                                            .reason = "request_timeout",
                                            .message = "the request's body did not come in time "
                                                       "(routing.request_timeout)"});
        }
    }
    if (m_error)
        co_return std::unexpected(*m_error);
    co_return takeAll();
}

Task<bool> IncomingBody::settled(TimePoint deadline)
{
    while (!m_isSettled) {
        if (!co_await m_settled.wait(deadline))
            co_return false;
    }
    co_return true;
}

void IncomingBody::onMore(std::function<void()> listener)
{
    m_isSettled = m_isSettled && !listener;
    m_onMore = std::move(listener);
}

QByteArray IncomingBody::takeAll()
{
    const bool hadRoom = hasRoom();
    QByteArray bytes = std::exchange(m_waiting, {});
    tellRoom(hadRoom);
    return bytes;
}

qsizetype IncomingBody::take(char *to, qsizetype most)
{
    const bool hadRoom = hasRoom();
    const qsizetype size = std::min(most, m_waiting.size());
    if (size > 0)
        std::memcpy(to, m_waiting.constData(), static_cast<size_t>(size));
    m_waiting.remove(0, size);
    tellRoom(hadRoom);
    if (size == 0 && !m_hasAll)
        tellWanted();
    return size;
}

void IncomingBody::settle()
{
    m_isSettled = true;
    m_settled.notify();
}

std::optional<qint64> IncomingBody::left() const
{
    return m_length.transform([this](qint64 length) { return length - taken(); });
}

bool IncomingBody::hasRoom() const
{
    return m_waiting.size() < kMostWaiting;
}

void IncomingBody::tellRoom(bool hadRoom)
{
    if (!hadRoom && hasRoom() && m_onRoom)
        m_onRoom();
}

void IncomingBody::tellWanted()
{
    if (m_onWanted)
        m_onWanted();
}

void IncomingBody::put(QByteArrayView bytes, bool isLast)
{
    if (m_error)
        return;
    m_received += bytes.size();
    if (m_inspector) {
        if (Result<void> good = m_inspector(bytes, isLast); !good)
            return fail(std::move(good.error()));
    }
    m_waiting.append(bytes);
    m_hasAll = isLast;
    tellMore();
}

void IncomingBody::fail(Error error)
{
    if (!m_error)
        m_error = std::move(error);
    tellMore();
}

// Whoever is told may end the request, and this with it.
void IncomingBody::tellMore()
{
    if (m_onMore)
        return m_onMore();
    m_changed.notify();
}

} // namespace lunargate
