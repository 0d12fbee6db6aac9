// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/security/browser_guard.h"

#include <algorithm>

namespace lunargate {

namespace {

// `name:8080`, `[::1]:8080` -> the name without port and brackets, in lower case
QByteArray hostName(QByteArrayView host)
{
    if (host.startsWith('[')) {
        const qsizetype end = host.indexOf(']');
        return host.sliced(1, std::max<qsizetype>(end - 1, 0)).toByteArray().toLower();
    }
    const qsizetype colon = host.lastIndexOf(':');
    QByteArray name = (colon < 0 ? host : host.first(colon)).toByteArray().toLower();
    if (name.endsWith('.'))
        name.chop(1);
    return name;
}

} // namespace

BrowserGuard::BrowserGuard(const ServerConfig &config) : m_origins(config.corsOrigins)
{
    for (const QByteArray &host : config.allowedHosts)
        m_allowedHosts.push_back(hostName(host));
}

Result<void> BrowserGuard::check(const HttpRequest &request, bool isLoopback) const
{
    const QByteArray host = request.headers.value("Host").value_or(QByteArray());
    if (isLoopback && !host.isEmpty() && !isAllowedHost(host)) {
        return std::unexpected(Error{
            .kind = ErrorKind::Forbidden,
            .reason = "host_not_allowed",
            .message = "the Host '" + host + "' is not served here; use localhost, or add it to server.allowed_hosts",
            .param = "Host"});
    }
    const QByteArray origin = request.headers.value("Origin").value_or(QByteArray());
    // Only pages of the web are kept out; desktop programs built on a browser have schemes of their own.
    const bool isWebPage = origin.startsWith("http://") || origin.startsWith("https://") || origin == "null";
    const bool isOwn = origin == "http://" + host || origin == "https://" + host;
    if (isWebPage && !isOwn && allowedOrigin(request).isEmpty()) {
        return std::unexpected(
            Error{.kind = ErrorKind::Forbidden,
                  .reason = "origin_not_allowed",
                  .message = "web pages of '" + origin +
                             "' may not use this gateway; add that to server.cors_origins to allow it",
                  .param = "Origin"});
    }
    return {};
}

QByteArray BrowserGuard::allowedOrigin(const HttpRequest &request) const
{
    const QByteArray origin = request.headers.value("Origin").value_or(QByteArray());
    const bool isAllowed = !origin.isEmpty() && std::ranges::any_of(m_origins, [&](const QByteArray &allowed) {
        return allowed == origin || allowed == "*";
    });
    return isAllowed ? origin : QByteArray();
}

bool BrowserGuard::isAllowedHost(QByteArrayView host) const
{
    const QByteArray name = hostName(host);
    if (name == "localhost" || name.endsWith(".localhost")) // RFC 6761: always this machine
        return true;
    const QHostAddress address(QString::fromLatin1(name));
    return address.isLoopback() || std::ranges::find(m_allowedHosts, name) != m_allowedHosts.end();
}

} // namespace lunargate
