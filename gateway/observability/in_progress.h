// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtTypes>

#include <atomic>
#include <utility>

namespace lunargate {

/// Something in progress: it is counted as long as this lives, and `count` must live as long. An empty one counts
/// nothing. Any thread may hold it.
class InProgress
{
public:
    InProgress() = default;
    explicit InProgress(std::atomic<qint64> &count) : m_count(&count) { count.fetch_add(1, std::memory_order_relaxed); }
    InProgress(InProgress &&other) noexcept : m_count(std::exchange(other.m_count, nullptr)) {}
    InProgress &operator=(InProgress &&other) noexcept
    {
        InProgress taken(std::move(other));
        std::swap(m_count, taken.m_count);
        return *this;
    }
    ~InProgress()
    {
        if (m_count)
            m_count->fetch_sub(1, std::memory_order_relaxed);
    }

private:
    std::atomic<qint64> *m_count = nullptr;
};

} // namespace lunargate
