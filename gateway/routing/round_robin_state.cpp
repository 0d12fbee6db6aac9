// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/routing/round_robin_state.h"

#include <mutex>

namespace lunargate {

quint64 RoundRobinState::next(const QByteArray &key)
{
    {
        const std::shared_lock lock(m_mutex);
        if (const auto it = m_counters.find(key); it != m_counters.end())
            return it->second.fetch_add(1, std::memory_order_relaxed);
    }
    const std::unique_lock lock(m_mutex);
    return m_counters[key].fetch_add(1, std::memory_order_relaxed);
}

quint64 RoundRobinState::peek(const QByteArray &key) const
{
    const std::shared_lock lock(m_mutex);
    const auto it = m_counters.find(key);
    return it == m_counters.end() ? 0 : it->second.load(std::memory_order_relaxed);
}

} // namespace lunargate
