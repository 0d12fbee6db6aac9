// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/security/keychain.h"

#include <chrono>
#include <map>
#include <mutex>

namespace lunargate {

/// Another keychain's answers, remembered for a short while: for who asks the same again and again, such as the check
/// of a text that is being typed, so that a locked keychain does not ask its user each time. What is missing is asked
/// for each time. Any thread.
class RememberingKeychain : public Keychain
{
public:
    /// `keychain` outlives it.
    explicit RememberingKeychain(Keychain &keychain, std::chrono::milliseconds memory = std::chrono::seconds(10),
                                 std::chrono::milliseconds failureMemory = std::chrono::seconds(5))
        : m_keychain(keychain), m_memory(memory), m_failureMemory(failureMemory)
    {
    }

    Result<SecretString> read(const QByteArray &name, const std::stop_token &stop) override;

private:
    using Clock = std::chrono::steady_clock;

    struct Answer
    {
        Result<SecretString> secret;
        Clock::time_point end; ///< it counts until then
    };

    Keychain &m_keychain;
    const std::chrono::milliseconds m_memory;
    const std::chrono::milliseconds m_failureMemory;
    std::mutex m_mutex; // for m_answers
    std::map<QByteArray, Answer> m_answers;
};

} // namespace lunargate
