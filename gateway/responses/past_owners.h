// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <deque>
#include <unordered_map>

namespace lunargate {

/// Whose the ids are of what is not kept here any more and its provider still knows. Of each there is a hash of the id
/// and one of the owner, so that many take little room; the oldest go first. Not synchronised.
class PastOwners
{
public:
    static constexpr size_t kMost = 100'000;

    explicit PastOwners(size_t most = kMost) : m_most(most) {}

    void add(const QByteArray &owner, const QByteArray &id);
    /// The provider does not know it any more, either.
    void remove(const QByteArray &owner, const QByteArray &id);

    /// Whether the id is one of this owner's.
    bool contains(const QByteArray &owner, const QByteArray &id) const;
    /// Whether it is anybody's.
    bool contains(const QByteArray &id) const;

private:
    using ByHash = std::unordered_multimap<size_t, size_t>; // owners by ids

    ByHash::const_iterator position(size_t owner, size_t id) const;

    const size_t m_most;
    ByHash m_owners;
    std::deque<std::pair<size_t, size_t>> m_order; // owner and id, the oldest first; may name some that are gone
};

} // namespace lunargate
