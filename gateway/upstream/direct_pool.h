// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/timer.h"
#include "gateway/upstream/direct_connection.h"

#include <QHash>

#include <memory>
#include <vector>

namespace lunargate {

/// Connections that wait for their next request, each in its own event loop's thread. One that the other side closes,
/// or says something over, is closed at once.
class DirectPool
{
public:
    static constexpr size_t kMostConnections = 256; ///< to all origins together
    static constexpr std::chrono::seconds kIdleTime{90};

    DirectPool();
    ~DirectPool();
    DirectPool(const DirectPool &) = delete;
    DirectPool &operator=(const DirectPool &) = delete;

    /// The one to `origin` that was used last; null: there is none.
    DirectConnection::Pointer take(const QByteArray &origin);
    void giveBack(const QByteArray &origin, DirectConnection::Pointer connection);

    size_t size() const { return m_size; }

private:
    class Idle;
    using Idles = std::vector<std::unique_ptr<Idle>>; // the one given back last is the last

    void remove(Idle &idle);
    void closeOld();
    void closeOldest();

    QHash<QByteArray, std::shared_ptr<Idles>> m_idle; // by origin
    size_t m_size = 0;
    Timer m_timer;
};

} // namespace lunargate
