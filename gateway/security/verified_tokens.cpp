// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/security/verified_tokens.h"

#include <mutex>

namespace lunargate {

std::optional<KnownCaller> VerifiedTokens::find(const CredentialDigest &token, quint64 keysVersion,
                                                std::chrono::sys_seconds now) const
{
    const std::shared_lock lock(m_mutex);
    const auto found = m_entries.find(token);
    if (found == m_entries.end() || found->second.keysVersion != keysVersion || found->second.ends <= now)
        return std::nullopt;
    return found->second.caller;
}

void VerifiedTokens::add(const CredentialDigest &token, KnownCaller caller, std::chrono::sys_seconds ends,
                         quint64 keysVersion)
{
    const std::unique_lock lock(m_mutex);
    const bool isNew = m_entries.insert_or_assign(token, Entry{std::move(caller), ends, keysVersion}).second;
    if (!isNew)
        return;
    m_order.push_back(token);
    if (m_order.size() > m_most) {
        m_entries.erase(m_order.front());
        m_order.pop_front();
    }
}

std::size_t VerifiedTokens::size() const
{
    const std::shared_lock lock(m_mutex);
    return m_entries.size();
}

} // namespace lunargate
