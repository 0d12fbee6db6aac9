// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/tool_names.h"

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
    for (int i = 2; m_toClient.contains(candidate); ++i) {
        const QByteArray suffix = '_' + QByteArray::number(i);
        candidate.truncate(m_maxLength - suffix.size());
        candidate += suffix;
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
