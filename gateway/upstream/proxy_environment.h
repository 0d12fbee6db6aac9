// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/error.h"

#include <QByteArray>
#include <QHostAddress>
#include <QNetworkProxy>
#include <QUrl>

#include <optional>
#include <vector>

namespace lunargate {

/// Which proxy a URL goes through, as the environment variables HTTP_PROXY, HTTPS_PROXY and NO_PROXY say. The rules are
/// those of Go's `http.ProxyFromEnvironment`, which most tools of this field follow: loopback hosts are never proxied;
/// NO_PROXY holds `*`, addresses, CIDR blocks, `example.com` (with its subdomains), `.example.com` (subdomains only),
/// each with an optional port.
class ProxyEnvironment
{
public:
    /// No proxy for anything.
    ProxyEnvironment() = default;
    ProxyEnvironment(QByteArray httpProxy, QByteArray httpsProxy, const QByteArray &noProxy);

    /// From the process's environment; of a variable's two spellings the upper case one wins.
    static ProxyEnvironment fromProcess();

    /// The proxy for `url`; its type is NoProxy for a direct connection. Fails (connect_error) if the variable holds
    /// something that is no usable proxy: connecting directly is not what its owner wants.
    Result<QNetworkProxy> proxyFor(const QUrl &url) const;

private:
    struct Exception
    {
        bool everything = false;
        std::optional<std::pair<QHostAddress, int>> subnet;
        QByteArray domain; // lower case, without the leading dot
        bool subdomainsOnly = false;
        int port = -1;

        bool matches(const QByteArray &host, const QHostAddress &address, int urlPort) const;
    };

    static std::optional<Exception> parseException(QByteArray text);
    bool isException(const QUrl &url) const;

    QByteArray m_httpProxy;
    QByteArray m_httpsProxy;
    std::vector<Exception> m_exceptions;
};

} // namespace lunargate
