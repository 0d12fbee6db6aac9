// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/security/keychain.h"

#include <map>

namespace lunargate::test {

/// A keychain that holds what the test says, and counts who asks.
class FakeKeychain : public Keychain
{
public:
    explicit FakeKeychain(std::map<QByteArray, QByteArray> secrets) : m_secrets(std::move(secrets)) {}

    Result<SecretString> read(const QByteArray &name, const std::stop_token &) override
    {
        ++reads;
        const auto found = m_secrets.find(name);
        if (found != m_secrets.end())
            return SecretString(found->second);
        return std::unexpected(Error{.reason = "keychain_entry_missing", .message = "no secret '" + name + '\''});
    }

    int reads = 0;

private:
    std::map<QByteArray, QByteArray> m_secrets;
};

} // namespace lunargate::test
