// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/security/keychain.h"

#include <QByteArray>
#include <QByteArrayView>

#include <map>
#include <optional>
#include <stop_token>
#include <utility>

namespace lunargate {

/// A snapshot of environment variables, and the way to the keychain. Reading the configuration looks here and nowhere
/// else.
class Environment
{
public:
    Environment() = default;
    explicit Environment(std::map<QByteArray, QByteArray> variables) : m_variables(std::move(variables)) {}

    /// What the process has now, with the system's keychain, which `stop` ends the waiting for.
    static Environment ofProcess(std::stop_token stop = {});

    /// The variable's text; nothing if it is not set. A variable that is set may be empty.
    std::optional<QByteArray> value(QByteArrayView name) const;

    /// Sets a variable unless there is one of that name already, be it empty.
    void addMissing(const QByteArray &name, const QByteArray &value) { m_variables.try_emplace(name, value); }

    /// Where secrets are looked up, until `stop` says that nobody needs them any more; it must outlive this. Null:
    /// nowhere.
    void setKeychain(Keychain *keychain, std::stop_token stop = {})
    {
        m_keychain = keychain;
        m_stop = std::move(stop);
    }
    Keychain *keychain() const { return m_keychain; }
    const std::stop_token &stop() const { return m_stop; }

private:
    std::map<QByteArray, QByteArray> m_variables;
    Keychain *m_keychain = nullptr;
    std::stop_token m_stop;
};

} // namespace lunargate
