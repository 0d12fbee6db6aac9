// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/security/keychain.h"

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <utility>

namespace lunargate::test {

/// A keychain that holds what the test says, counts who asks, and fails as the test wants. Any thread.
class FakeKeychain : public Keychain
{
public:
    using Texts = std::map<QByteArray, QByteArray>;

    explicit FakeKeychain(Texts texts = {}) : m_texts(std::move(texts)) {}

    Result<SecretString> read(const QByteArray &name, const std::stop_token &stop) override
    {
        std::unique_lock lock(m_mutex);
        ++reads;
        if (Result<void> ready = wait(lock, stop); !ready)
            return std::unexpected(ready.error());
        const auto found = m_texts.find(name);
        if (found != m_texts.end())
            return SecretString(found->second);
        return std::unexpected(Error{.reason = "keychain_entry_missing", .message = "no secret '" + name + '\''});
    }

    Result<void> write(const QByteArray &name, const SecretString &text, const std::stop_token &stop) override
    {
        std::unique_lock lock(m_mutex);
        return wait(lock, stop).transform([&] { m_texts[name] = text.reveal(); });
    }

    Result<void> remove(const QByteArray &name, const std::stop_token &stop) override
    {
        std::unique_lock lock(m_mutex);
        return wait(lock, stop).transform([&] { m_texts.erase(name); });
    }

    /// From now on all fail like this; an empty reason: nobody does.
    void failWith(const QByteArray &reason)
    {
        const std::scoped_lock lock(m_mutex);
        m_reason = reason;
    }
    /// From now on all wait, until they are let go or given up.
    void hold(bool isHeld = true)
    {
        const std::scoped_lock lock(m_mutex);
        m_isHeld = isHeld;
        m_changed.notify_all();
    }

    Texts texts() const
    {
        const std::scoped_lock lock(m_mutex);
        return m_texts;
    }

    std::atomic<int> reads = 0;

private:
    Result<void> wait(std::unique_lock<std::mutex> &lock, const std::stop_token &stop)
    {
        if (!m_changed.wait(lock, stop, [this] { return !m_isHeld; }))
            return std::unexpected(Error{.reason = "keychain_given_up", .message = "nobody waits"});
        if (!m_reason.isEmpty())
            return std::unexpected(Error{.reason = m_reason, .message = "the keychain says " + m_reason});
        return {};
    }

    mutable std::mutex m_mutex; // protects all but the counter
    std::condition_variable_any m_changed;
    Texts m_texts;
    QByteArray m_reason;
    bool m_isHeld = false;
};

} // namespace lunargate::test
