// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/upstream/proxy_environment.h"

#include <algorithm>

namespace lunargate {

namespace {

QByteArray variable(const char *upper, const char *lower)
{
    const QByteArray value = qgetenv(upper);
    return value.isEmpty() ? qgetenv(lower) : value;
}

int portOf(const QUrl &url)
{
    return url.port(url.scheme() == u"https" ? 443 : 80);
}

std::optional<QNetworkProxy> parseProxy(const QByteArray &value)
{
    // `proxy.example:3128` without a scheme is an HTTP proxy.
    const QUrl url = QUrl::fromEncoded(value.contains("://") ? value : "http://" + value, QUrl::StrictMode);
    if (!url.isValid() || url.host().isEmpty())
        return std::nullopt;
    const QString scheme = url.scheme();
    if (scheme == u"http") {
        return QNetworkProxy(QNetworkProxy::HttpProxy, url.host(), static_cast<quint16>(url.port(80)), url.userName(),
                             url.password());
    }
    if (scheme == u"socks5" || scheme == u"socks5h") {
        return QNetworkProxy(QNetworkProxy::Socks5Proxy, url.host(), static_cast<quint16>(url.port(1080)),
                             url.userName(), url.password());
    }
    return std::nullopt; // TLS to the proxy itself is beyond QNetworkProxy
}

} // namespace

ProxyEnvironment::ProxyEnvironment(QByteArray httpProxy, QByteArray httpsProxy, const QByteArray &noProxy)
    : m_httpProxy(std::move(httpProxy)), m_httpsProxy(std::move(httpsProxy))
{
    for (const QByteArray &entry : noProxy.split(',')) {
        if (auto exception = parseException(entry.trimmed().toLower()))
            m_exceptions.push_back(*std::move(exception));
    }
}

ProxyEnvironment ProxyEnvironment::fromProcess()
{
    return ProxyEnvironment(variable("HTTP_PROXY", "http_proxy"), variable("HTTPS_PROXY", "https_proxy"),
                            variable("NO_PROXY", "no_proxy"));
}

Result<QNetworkProxy> ProxyEnvironment::proxyFor(const QUrl &url) const
{
    const bool tls = url.scheme() == u"https";
    const QByteArray &value = tls ? m_httpsProxy : m_httpProxy;
    if (value.isEmpty() || isException(url))
        return QNetworkProxy(QNetworkProxy::NoProxy);
    if (const auto proxy = parseProxy(value))
        return *proxy;
    // The value may hold a password: it is not shown.
    return std::unexpected(Error{.kind = ErrorKind::UpstreamTransport,
                                 .reason = "connect_error",
                                 .message = QByteArray("The environment variable ") +
                                            (tls ? "HTTPS_PROXY" : "HTTP_PROXY") +
                                            " holds no usable proxy. Use http://host:port or socks5://host:port."});
}

std::optional<ProxyEnvironment::Exception> ProxyEnvironment::parseException(QByteArray text)
{
    Exception exception;
    if (text.isEmpty())
        return std::nullopt;
    if (text == "*") {
        exception.everything = true;
        return exception;
    }
    if (text.contains('/')) {
        const auto subnet = QHostAddress::parseSubnet(QString::fromLatin1(text));
        if (subnet.second < 0)
            return std::nullopt;
        exception.subnet = subnet;
        return exception;
    }
    // A colon separates a port, except in an IPv6 address without brackets.
    if (const qsizetype colon = text.lastIndexOf(':'); colon > 0 && (text.count(':') == 1 || text[colon - 1] == ']')) {
        bool isNumber = false;
        exception.port = text.sliced(colon + 1).toUShort(&isNumber);
        if (!isNumber)
            return std::nullopt;
        text.truncate(colon);
    }
    if (text.startsWith('[') && text.endsWith(']'))
        text = text.sliced(1, text.size() - 2);
    if (const QHostAddress address(QString::fromLatin1(text)); !address.isNull()) {
        exception.subnet = std::pair(address, address.protocol() == QAbstractSocket::IPv4Protocol ? 32 : 128);
        return exception;
    }
    if (text.startsWith("*."))
        text = text.sliced(1);
    exception.subdomainsOnly = text.startsWith('.');
    exception.domain = exception.subdomainsOnly ? text.sliced(1) : text;
    return exception.domain.isEmpty() ? std::nullopt : std::optional(exception);
}

bool ProxyEnvironment::Exception::matches(const QByteArray &host, const QHostAddress &address, int urlPort) const
{
    if (port != -1 && port != urlPort)
        return false;
    if (everything)
        return true;
    if (subnet)
        return !address.isNull() && address.isInSubnet(*subnet);
    return (!subdomainsOnly && host == domain) || host.endsWith("." + domain);
}

bool ProxyEnvironment::isException(const QUrl &url) const
{
    QByteArray host = url.host(QUrl::FullyEncoded).toLatin1().toLower();
    if (host.endsWith('.'))
        host.chop(1);
    const QHostAddress address(QString::fromLatin1(host));
    if (host == "localhost" || address.isLoopback())
        return true;
    const int port = portOf(url);
    return std::ranges::any_of(m_exceptions,
                               [&](const Exception &exception) { return exception.matches(host, address, port); });
}

} // namespace lunargate
