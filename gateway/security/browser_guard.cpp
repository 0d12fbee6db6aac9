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

std::unexpected<Error> hostNotAllowed(const QByteArray &host)
{
    return std::unexpected(
        Error{.kind = ErrorKind::Forbidden,
              .reason = "host_not_allowed",
              .message = "the Host '" + host + "' is not served here; use localhost, or add it to server.allowed_hosts",
              .param = "Host"});
}

// Only pages of the web are kept out; desktop programs built on a browser have schemes of their own.
bool isForeignPage(const QByteArray &origin, const QByteArray &host)
{
    const bool isWebPage = origin.startsWith("http://") || origin.startsWith("https://") || origin == "null";
    return isWebPage && origin != "http://" + host && origin != "https://" + host;
}

// None of these can be hidden by a page. Programs that call on purpose have none of them.
bool isFromBrowser(const HttpRequest &request)
{
    static constexpr QByteArrayView kSigns[] = {"Origin", "Referer", "Sec-Fetch-Site", "Sec-Fetch-Mode", "Cookie"};
    return std::ranges::any_of(kSigns, [&](QByteArrayView sign) { return request.headers.contains(sign); }) ||
           request.headers.value("User-Agent").value_or(QByteArray()).startsWith("Mozilla/");
}

// A browser sends these only after it has asked (WHATWG Fetch, "CORS-safelisted request-header").
bool hasDeliberateHeader(const HttpRequest &request)
{
    const QByteArray type = request.headers.value("Content-Type").value_or(QByteArray()).split(';').first();
    if (type.trimmed().compare("application/json", Qt::CaseInsensitive) == 0)
        return true;
    return std::ranges::any_of(request.headers, [](const HeaderList::Field &field) {
        const QByteArray name = field.name.toLower();
        return name.startsWith("x-lunargate-") || name == "x-requested-with";
    });
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
    if (isLoopback && !host.isEmpty() && !isAllowedHost(host))
        return hostNotAllowed(host);
    const QByteArray origin = request.headers.value("Origin").value_or(QByteArray());
    if (isForeignPage(origin, host) && allowedOrigin(request).isEmpty()) {
        return std::unexpected(
            Error{.kind = ErrorKind::Forbidden,
                  .reason = "origin_not_allowed",
                  .message = "web pages of '" + origin +
                             "' may not use this gateway; add that to server.cors_origins to allow it",
                  .param = "Origin"});
    }
    return {};
}

Result<void> BrowserGuard::checkAdmin(const HttpRequest &request) const
{
    const QByteArray host = request.headers.value("Host").value_or(QByteArray());
    if (!host.isEmpty() && !isAllowedHost(host))
        return hostNotAllowed(host);
    if (isForeignPage(request.headers.value("Origin").value_or(QByteArray()), host))
        return std::unexpected(Error{.kind = ErrorKind::Forbidden,
                                     .reason = "origin_not_allowed",
                                     .message = "web pages may not use /admin without a key; set up `security`",
                                     .param = "Origin"});
    const bool isReading = request.method == "GET" || request.method == "HEAD";
    if (!isReading && isFromBrowser(request) && !hasDeliberateHeader(request))
        return std::unexpected(Error{.kind = ErrorKind::Forbidden,
                                     .reason = "admin_json_required",
                                     .message = "send 'Content-Type: application/json' with this, so that no web page "
                                                "can send it unnoticed",
                                     .param = "Content-Type"});
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
