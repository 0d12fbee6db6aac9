// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/upstream/direct_transport.h"

#include "gateway/upstream/request_check.h"

#include <algorithm>
#include <iterator>

namespace lunargate {

namespace {

constexpr int kHttpPort = 80;
// A configuration names a few; whoever makes up more is somebody else's work.
constexpr size_t kMostOrigins = 1000;

// RFC 6761 section 6.3: that name is this machine, whatever a name server says.
std::vector<QHostAddress> addressesOf(const QString &host)
{
    if (host.compare(QStringLiteral("localhost"), Qt::CaseInsensitive) == 0)
        return {QHostAddress(QHostAddress::LocalHost), QHostAddress(QHostAddress::LocalHostIPv6)};
    const QHostAddress address(host);
    // A zone (fe80::1%eth0) has a number that must be looked up.
    if (address.isNull() || !address.scopeId().isEmpty())
        return {};
    return {address};
}

std::shared_ptr<const DirectOrigin> makeOrigin(const QUrl &url)
{
    std::vector<QHostAddress> addresses = addressesOf(url.host());
    if (addresses.empty())
        return nullptr;
    DirectOrigin origin{.authority = url.host(QUrl::FullyEncoded).toLatin1(),
                        .addresses = std::move(addresses),
                        .port = static_cast<quint16>(url.port(kHttpPort))};
    if (origin.authority.contains(':'))
        origin.authority = '[' + origin.authority + ']';
    if (origin.port != kHttpPort)
        origin.authority += ':' + QByteArray::number(url.port());
    return std::make_shared<const DirectOrigin>(std::move(origin));
}

} // namespace

DirectTransport::DirectTransport(std::unique_ptr<Transport> others, ProxyEnvironment proxies)
    : m_others(std::move(others)), m_proxies(std::move(proxies))
{
}

std::unique_ptr<UpstreamCall> DirectTransport::send(UpstreamRequest request)
{
    if (request.rest || request.url.scheme() != u"http")
        return m_others->send(std::move(request));
    std::shared_ptr<const DirectOrigin> origin = originOf(request.url);
    if (!origin || !checkRequest(request))
        return m_others->send(std::move(request)); // which also says what is wrong
    return std::make_unique<DirectCall>(m_pool, std::move(origin), std::move(request));
}

void DirectTransport::keepWarm(const std::vector<WarmTarget> &targets)
{
    std::vector<WarmTarget> others;
    std::ranges::copy_if(targets, std::back_inserter(others), [this](const WarmTarget &target) {
        return target.url.scheme() != u"http" || !originOf(target.url);
    });
    m_others->keepWarm(others);
}

std::shared_ptr<const DirectOrigin> DirectTransport::originOf(const QUrl &url)
{
    std::pair<QString, int> key(url.host(), url.port(kHttpPort));
    if (const auto known = m_origins.find(key); known != m_origins.end())
        return known->second;
    if (m_origins.size() >= kMostOrigins)
        return nullptr;
    const auto proxy = m_proxies.proxyFor(url);
    const bool isDirect = proxy && proxy->type() == QNetworkProxy::NoProxy;
    std::shared_ptr<const DirectOrigin> origin = isDirect ? makeOrigin(url) : nullptr;
    m_origins.emplace(std::move(key), origin);
    return origin;
}

} // namespace lunargate
