// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/upstream/proxy_environment.h"

#include <QByteArray>

#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

class QNetworkAccessManager;

namespace lunargate {

/// The network managers of one worker thread. A manager opens at most 255 connections to an origin and queues what goes
/// beyond, silently; so calls are counted, and a further manager takes over before that happens.
class ConnectionPool
{
public:
    struct Limits
    {
        int callsPerManager = 250; ///< to one origin; some of the 255 connections may still be closing
        int managers = 16;         ///< each has a thread of its own
    };

    /// One call's place. Gives it back when destroyed, so it must not outlive the pool.
    class Lease
    {
    public:
        Lease(Lease &&other) noexcept;
        Lease &operator=(Lease &&) = delete;
        ~Lease();

        QNetworkAccessManager &manager() const;

    private:
        friend ConnectionPool;
        struct Manager;
        Lease(Manager &manager, QByteArray origin);

        Manager *m_manager;
        QByteArray m_origin;
    };

    ConnectionPool(ProxyEnvironment proxies, Limits limits);
    ~ConnectionPool();
    ConnectionPool(const ConnectionPool &) = delete;
    ConnectionPool &operator=(const ConnectionPool &) = delete;

    /// A place for a call to `origin` (scheme, host and port), or nothing when every manager is full.
    std::optional<Lease> take(const QByteArray &origin);

    qsizetype managerCount() const { return static_cast<qsizetype>(m_managers.size()); }

private:
    ProxyEnvironment m_proxies;
    Limits m_limits;
    std::vector<std::unique_ptr<Lease::Manager>> m_managers;
};

} // namespace lunargate
