// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/routing/target_loads.h"

#include <algorithm>

namespace lunargate {

std::shared_ptr<TargetLoad> TargetLoads::of(const QByteArray &provider, const QByteArray &model)
{
    const QByteArray key = provider + '/' + model;
    const std::lock_guard lock(m_mutex);
    if (const auto it = m_loads.find(key); it != m_loads.end()) {
        if (std::shared_ptr<TargetLoad> known = it->second.lock())
            return known;
    }
    std::erase_if(m_loads, [](const auto &entry) { return entry.second.expired(); });
    auto load = std::make_shared<TargetLoad>(m_now);
    m_loads[key] = load;
    return load;
}

std::size_t TargetLoads::size() const
{
    const std::lock_guard lock(m_mutex);
    return static_cast<std::size_t>(
        std::ranges::count_if(m_loads, [](const auto &entry) { return !entry.second.expired(); }));
}

} // namespace lunargate
