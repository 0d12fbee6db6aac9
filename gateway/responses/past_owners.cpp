// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/responses/past_owners.h"

#include <QHash>

#include <algorithm>

namespace lunargate {

void PastOwners::add(const QByteArray &owner, const QByteArray &id)
{
    const size_t ownerHash = qHash(owner);
    const size_t idHash = qHash(id);
    if (position(ownerHash, idHash) != m_owners.end())
        return;
    m_owners.emplace(idHash, ownerHash);
    m_order.emplace_back(ownerHash, idHash);
    if (m_order.size() <= m_most)
        return;
    const auto [oldestOwner, oldestId] = m_order.front();
    m_order.pop_front();
    if (const auto oldest = position(oldestOwner, oldestId); oldest != m_owners.end())
        m_owners.erase(oldest);
}

void PastOwners::remove(const QByteArray &owner, const QByteArray &id)
{
    if (const auto found = position(qHash(owner), qHash(id)); found != m_owners.end())
        m_owners.erase(found);
}

bool PastOwners::contains(const QByteArray &owner, const QByteArray &id) const
{
    return position(qHash(owner), qHash(id)) != m_owners.end();
}

bool PastOwners::contains(const QByteArray &id) const
{
    return m_owners.contains(qHash(id));
}

PastOwners::ByHash::const_iterator PastOwners::position(size_t owner, size_t id) const
{
    const auto [begin, end] = m_owners.equal_range(id);
    const auto found = std::find_if(begin, end, [owner](const auto &entry) { return entry.second == owner; });
    return found == end ? m_owners.end() : found;
}

} // namespace lunargate
