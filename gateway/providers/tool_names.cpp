// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/tool_names.h"

#include <algorithm>

namespace lunargate {

QByteArray ToolNames::toProvider(QByteArrayView name)
{
    if (const auto known = m_toProvider.find(name); known != m_toProvider.end())
        return known->second;
    QByteArray candidate = name.toByteArray();
    for (char &c : candidate)
        c = m_isAllowed(c) ? c : '_';
    if (m_isAllowedFirst && !candidate.isEmpty() && !m_isAllowedFirst(candidate.front()))
        candidate.prepend('_');
    candidate.truncate(m_maxLength);
    const QByteArray base = candidate;
    while (m_toClient.contains(candidate)) {
        const QByteArray suffix = '_' + QByteArray::number(++m_nextSuffix.try_emplace(base, 1).first->second);
        candidate = base.first(std::min(base.size(), m_maxLength - suffix.size())) + suffix;
    }
    m_toProvider.emplace(name.toByteArray(), candidate);
    m_toClient.emplace(candidate, name.toByteArray());
    return candidate;
}

QByteArray ToolNames::toClient(QByteArrayView name) const
{
    const auto known = m_toClient.find(name);
    return known == m_toClient.end() ? name.toByteArray() : known->second;
}

} // namespace lunargate
