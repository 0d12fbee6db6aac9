// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/security/recent_credentials.h"

#include <QHashFunctions>
#include <QRandomGenerator>

namespace lunargate {

RecentCredentials::RecentCredentials() : m_seed(QRandomGenerator::system()->generate64()) {}

void RecentCredentials::add(const QByteArray &credential)
{
    const std::size_t print = fingerprint(credential);
    std::atomic<std::size_t> &slot = m_slots[print % kSlots];
    if (slot.load(std::memory_order_relaxed) != print) // most often it is there, and nothing need be shared anew
        slot.store(print, std::memory_order_relaxed);
}

bool RecentCredentials::contains(const QByteArray &credential) const
{
    const std::size_t print = fingerprint(credential);
    return m_slots[print % kSlots].load(std::memory_order_relaxed) == print;
}

std::size_t RecentCredentials::fingerprint(const QByteArray &credential) const
{
    return qHash(credential, m_seed) | 1; // 0 is an empty slot
}

} // namespace lunargate
