// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <array>
#include <atomic>

namespace lunargate {

/// Which keys were right of late, wherever they came from: so many, then they replace one another. Only a fingerprint
/// is kept. Any thread, without locks.
class RecentCredentials
{
public:
    RecentCredentials();

    void add(const QByteArray &credential);
    bool contains(const QByteArray &credential) const;

private:
    static constexpr std::size_t kSlots = 8192;

    std::size_t fingerprint(const QByteArray &credential) const;

    std::size_t m_seed; // so that nobody can make up credentials that look alike
    std::array<std::atomic<std::size_t>, kSlots> m_slots{};
};

} // namespace lunargate
