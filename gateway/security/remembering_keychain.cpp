// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/security/remembering_keychain.h"

namespace lunargate {

Result<SecretString> RememberingKeychain::read(const QByteArray &name, const std::stop_token &stop)
{
    {
        const std::scoped_lock lock(m_mutex);
        std::erase_if(m_answers, [now = Clock::now()](const auto &known) { return known.second.end <= now; });
        if (const auto known = m_answers.find(name); known != m_answers.end())
            return known->second.secret;
    }
    Result<SecretString> secret = m_keychain.read(name, stop);
    const bool isMissing = !secret && secret.error().reason == "keychain_entry_missing";
    if (!isMissing && !stop.stop_requested()) { // what was stopped says only that nobody waited
        const std::scoped_lock lock(m_mutex);
        m_answers.insert_or_assign(name, Answer{secret, Clock::now() + (secret ? m_memory : m_failureMemory)});
    }
    return secret;
}

} // namespace lunargate
