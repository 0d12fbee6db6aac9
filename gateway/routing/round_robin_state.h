// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <atomic>
#include <map>
#include <shared_mutex>

namespace lunargate {

/// Whose turn it is, per route. Shared by all workers and by successive configurations, so that a reload does not
/// start every route at its first target again. Every function may be called from any thread.
class RoundRobinState
{
public:
    /// How often it was called for `key` before: 0, 1, 2 … with no number given twice or left out.
    quint64 next(const QByteArray &key);

    /// What next() would give, without taking it.
    quint64 peek(const QByteArray &key) const;

private:
    // Protects the shape of the map; the counters in it are atomic and never removed.
    mutable std::shared_mutex m_mutex;
    std::map<QByteArray, std::atomic<quint64>> m_counters;
};

} // namespace lunargate
