// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/upstream/connection_pool.h"

#include <QNetworkAccessManager>
#include <QNetworkProxyFactory>

namespace lunargate {

namespace {

class EnvironmentProxyFactory : public QNetworkProxyFactory
{
public:
    explicit EnvironmentProxyFactory(ProxyEnvironment proxies) : m_proxies(std::move(proxies)) {}

    QList<QNetworkProxy> queryProxy(const QNetworkProxyQuery &query) override
    {
        // An unusable proxy was refused before the request got here; going around it would not do.
        return {m_proxies.proxyFor(query.url()).value_or(QNetworkProxy(QNetworkProxy::DefaultProxy))};
    }

private:
    ProxyEnvironment m_proxies;
};

} // namespace

struct ConnectionPool::Lease::Manager
{
    QNetworkAccessManager network;
    std::unordered_map<QByteArray, int> calls; // per origin, only those that have any

    int callsTo(const QByteArray &origin) const
    {
        const auto it = calls.find(origin);
        return it == calls.end() ? 0 : it->second;
    }
};

ConnectionPool::Lease::Lease(Manager &manager, QByteArray origin) : m_manager(&manager), m_origin(std::move(origin))
{
    ++manager.calls[m_origin];
}

ConnectionPool::Lease::Lease(Lease &&other) noexcept
    : m_manager(std::exchange(other.m_manager, nullptr)), m_origin(std::move(other.m_origin))
{
}

ConnectionPool::Lease::~Lease()
{
    if (!m_manager)
        return;
    const auto it = m_manager->calls.find(m_origin);
    if (--it->second == 0)
        m_manager->calls.erase(it);
}

QNetworkAccessManager &ConnectionPool::Lease::manager() const
{
    return m_manager->network;
}

ConnectionPool::ConnectionPool(ProxyEnvironment proxies, Limits limits)
    : m_proxies(std::move(proxies)), m_limits(limits)
{
}

ConnectionPool::~ConnectionPool()
{
    for ([[maybe_unused]] const auto &manager : m_managers)
        Q_ASSERT_X(manager->calls.empty(), "ConnectionPool", "a call outlives its transport");
}

std::optional<ConnectionPool::Lease> ConnectionPool::take(const QByteArray &origin)
{
    for (const auto &manager : m_managers) {
        if (manager->callsTo(origin) < m_limits.callsPerManager)
            return Lease(*manager, origin);
    }
    if (managerCount() >= m_limits.managers)
        return std::nullopt;
    auto manager = std::make_unique<Lease::Manager>();
    manager->network.setProxyFactory(new EnvironmentProxyFactory(m_proxies)); // owned by the manager
    manager->network.setRedirectPolicy(QNetworkRequest::ManualRedirectPolicy);
    m_managers.push_back(std::move(manager));
    return Lease(*m_managers.back(), origin);
}

} // namespace lunargate
