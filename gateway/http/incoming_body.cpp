// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/http/incoming_body.h"

#include <algorithm>
#include <cstring>

namespace lunargate {

namespace {

// What may wait for who handles the request, but for the piece that passes it.
constexpr qsizetype kMostWaiting = 256 * 1024;

} // namespace

Task<Result<QByteArray>> IncomingBody::read()
{
    while (m_waiting.isEmpty() && !m_hasAll && !m_error)
        co_await m_changed.wait();
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

void IncomingBody::put(QByteArrayView bytes, bool isLast)
{
    if (m_error)
        return;
    m_received += bytes.size();
    if (m_inspector) {
        if (Result<void> good = m_inspector(bytes); !good)
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
