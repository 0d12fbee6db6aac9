// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/security/failed_attempts.h"

#include <algorithm>

namespace lunargate {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kFirstDelay{250};
// A count beyond this changes no delay that may be configured (10 years).
constexpr int kMostFailures = 1'000'000;

} // namespace

milliseconds delayOf(int failure, const SecurityConfig::SlowDown &settings)
{
    constexpr int kMostDoublings = 40; // some eight thousand years
    if (failure <= settings.freeAttempts)
        return milliseconds(0);
    const int doublings = std::min(failure - settings.freeAttempts - 1, kMostDoublings);
    return std::min<milliseconds>(kFirstDelay * (qint64{1} << doublings), settings.maxDelay);
}

FailedAttempts::Place::~Place()
{
    if (m_owner)
        m_owner->leave(m_address);
}

FailedAttempts::Penalty FailedAttempts::fail(const QByteArray &address, const SecurityConfig::SlowDown &settings,
                                             TimePoint now)
{
    const std::scoped_lock lock(m_mutex);
    Entry &entry = entryOf(address, now);
    entry.failures = std::min(entry.failures + 1, kMostFailures);
    entry.lastAt = now;
    Penalty penalty{.wait = delayOf(entry.failures, settings), .place = std::nullopt};
    const bool hasRoom = m_waiting < m_limits.waiting && entry.waiting < m_limits.waitingPerAddress;
    if (penalty.wait > milliseconds(0) && hasRoom) {
        ++m_waiting;
        ++entry.waiting;
        penalty.place.emplace(Place(*this, address));
    }
    return penalty;
}

bool FailedAttempts::mayCompare(const QByteArray &address, const SecurityConfig::SlowDown &settings, TimePoint now)
{
    if (size() == 0)
        return true;
    const std::scoped_lock lock(m_mutex);
    const auto known = m_byAddress.find(address);
    if (known == m_byAddress.end() || !isFullFor(*known->second, settings, now))
        return true;
    if (now < known->second->nextTurn)
        return false;
    known->second->nextTurn = now + m_limits.turn;
    return true;
}

bool FailedAttempts::isFullFor(const Entry &entry, const SecurityConfig::SlowDown &settings, TimePoint now) const
{
    if (entry.waiting >= m_limits.waitingPerAddress)
        return true;
    const bool isForgotten = now - entry.lastAt >= m_limits.memory;
    return m_waiting >= m_limits.waiting && !isForgotten && delayOf(entry.failures + 1, settings) > milliseconds(0);
}

void FailedAttempts::succeed(const QByteArray &address)
{
    if (m_size.load(std::memory_order_relaxed) == 0)
        return;
    const std::scoped_lock lock(m_mutex);
    const auto known = m_byAddress.find(address);
    if (known == m_byAddress.end())
        return;
    if (known->second->waiting > 0)
        known->second->failures = 0; // those that wait still count
    else
        forget(known->second);
}

FailedAttempts::Entry &FailedAttempts::entryOf(const QByteArray &address, TimePoint now)
{
    if (const auto known = m_byAddress.find(address); known != m_byAddress.end()) {
        m_entries.splice(m_entries.begin(), m_entries, known->second);
        if (now - known->second->lastAt >= m_limits.memory)
            known->second->failures = 0;
        return *known->second;
    }
    const auto isOld = [&](const Entry &entry) { return now - entry.lastAt >= m_limits.memory; };
    while (!m_entries.empty() && (m_entries.size() >= m_limits.addresses || isOld(m_entries.back())))
        forget(std::prev(m_entries.end()));
    m_entries.push_front({.address = address});
    m_byAddress.emplace(address, m_entries.begin());
    m_size.store(m_entries.size(), std::memory_order_relaxed);
    return m_entries.front();
}

void FailedAttempts::forget(Entries::iterator entry)
{
    m_byAddress.erase(entry->address);
    m_entries.erase(entry);
    m_size.store(m_entries.size(), std::memory_order_relaxed);
}

void FailedAttempts::leave(const QByteArray &address)
{
    const std::scoped_lock lock(m_mutex);
    --m_waiting;
    if (const auto known = m_byAddress.find(address); known != m_byAddress.end() && known->second->waiting > 0)
        --known->second->waiting;
}

} // namespace lunargate
