// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/config.h"

#include <QString>

#include <atomic>
#include <memory>

namespace lunargate {

/// What makes a client on this machine the administrator.
struct AdminToken
{
    SecretString value;      ///< empty: there is none
    QString file = {};       ///< that it stands in; empty: the configuration
    QByteArray problem = {}; ///< why there is none

    /// In a time that depends on the length of `candidate` only.
    bool matches(QByteArrayView candidate) const { return value.matches(candidate); }
};

/// The token of the admin API: that of the configuration, or that of a file, which is made if it is missing. Main
/// thread, but for token().
class AdminAccess
{
public:
    /// Knows the configuration's token; a file is not looked at before start().
    explicit AdminAccess(AdminConfig config);

    /// Once.
    void start();
    /// Takes over other settings.
    void apply(const AdminConfig &config);
    /// The file may say something else by now.
    void readAgain();

    /// Any thread.
    std::shared_ptr<const AdminToken> token() const { return m_token.load(std::memory_order_acquire); }

private:
    AdminToken currentToken() const;

    AdminConfig m_config;
    bool m_isStarted = false;
    std::atomic<std::shared_ptr<const AdminToken>> m_token;
};

} // namespace lunargate
