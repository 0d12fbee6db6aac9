// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/routing/target_load.h"

#include <algorithm>
#include <utility>

namespace lunargate {

namespace {

// What a failure counts as, in milliseconds: a multiple of the latency so far, so that it hurts slow and fast targets
// alike; for a target that never answered a value above that of most answers. The limit lets a target that is well
// again come back within minutes.
constexpr double kFailureFactor = 4;
constexpr double kUnknownPenalty = 10'000;
constexpr double kMaxPenalty = 60'000;
// Giving up sooner tells nothing of a target that is not known.
constexpr double kTellingWait = 1'000;

double millisecondsBetween(TimePoint begin, TimePoint end)
{
    return std::chrono::duration<double, std::milli>(end - begin).count();
}

} // namespace

std::optional<double> TargetLoad::latency() const
{
    const TimePoint now = m_now();
    const bool isIdle = pending() == 0;
    const std::lock_guard lock(m_mutex);
    return isIdle ? m_latency.decayed(now) : m_latency.last();
}

void TargetLoad::answered(TimePoint startedAt)
{
    const TimePoint now = m_now();
    const std::lock_guard lock(m_mutex);
    m_latency.observe(millisecondsBetween(startedAt, now), now);
}

void TargetLoad::refused(TimePoint startedAt)
{
    const TimePoint now = m_now();
    const std::lock_guard lock(m_mutex);
    m_latency.observe(std::max(millisecondsBetween(startedAt, now), m_latency.last().value_or(kUnknownPenalty)), now);
}

void TargetLoad::failed(TimePoint startedAt)
{
    const TimePoint now = m_now();
    const std::lock_guard lock(m_mutex);
    const std::optional<double> last = m_latency.last();
    const double penalty = last ? std::min(*last * kFailureFactor, kMaxPenalty) : kUnknownPenalty;
    m_latency.observe(std::max(millisecondsBetween(startedAt, now), penalty), now);
}

void TargetLoad::abandoned(TimePoint startedAt)
{
    const TimePoint now = m_now();
    const double waited = millisecondsBetween(startedAt, now);
    const std::lock_guard lock(m_mutex);
    if (waited > m_latency.last().value_or(kTellingWait))
        m_latency.observe(waited, now);
}

TargetCall::TargetCall(std::shared_ptr<TargetLoad> load) : m_load(std::move(load))
{
    if (!m_load)
        return;
    m_load->m_pending.fetch_add(1, std::memory_order_relaxed);
    restart();
}

void TargetCall::restart()
{
    if (!m_load)
        return;
    m_startedAt = m_load->m_now();
    m_isOpen = true;
}

TargetCall &TargetCall::operator=(TargetCall &&other) noexcept
{
    if (this != &other) {
        end();
        m_load = std::move(other.m_load);
        m_startedAt = other.m_startedAt;
        m_isOpen = other.m_isOpen;
    }
    return *this;
}

void TargetCall::answered()
{
    if (m_load && std::exchange(m_isOpen, false))
        m_load->answered(m_startedAt);
}

void TargetCall::refused()
{
    if (m_load && std::exchange(m_isOpen, false))
        m_load->refused(m_startedAt);
}

void TargetCall::failed()
{
    if (!m_load)
        return;
    m_isOpen = false;
    m_load->failed(m_startedAt);
}

void TargetCall::end()
{
    if (!m_load)
        return;
    if (std::exchange(m_isOpen, false))
        m_load->abandoned(m_startedAt);
    m_load->m_pending.fetch_sub(1, std::memory_order_relaxed);
    m_load = nullptr;
}

} // namespace lunargate
