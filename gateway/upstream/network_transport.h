// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/upstream/connection_pool.h"
#include "gateway/upstream/proxy_environment.h"
#include "gateway/upstream/transport.h"

#include <QSslConfiguration>

class QNetworkRequest;

namespace lunargate {

/// Reaches providers over HTTP/1.1 by way of QNetworkAccessManager. Follows no redirect, keeps no cookie, caches and
/// decompresses nothing, answers no authentication challenge, and always verifies certificates.
///
/// HTTP/2 stays off: Qt 6.8 grants a stream new window for bytes that nobody has read yet, so a provider faster than
/// the client would fill the memory.
///
/// Belongs to the thread that made it; its calls must be gone before it goes.
class NetworkTransport : public Transport
{
public:
    struct Options
    {
        ProxyEnvironment proxies = ProxyEnvironment::fromProcess();
        /// A PEM file of certificate authorities trusted beside the system's; empty: none.
        QByteArray extraCertificateFile = qgetenv("SSL_CERT_FILE");
        ConnectionPool::Limits limits = {};
    };

    NetworkTransport() : NetworkTransport(Options{}) {}
    explicit NetworkTransport(Options options);

    std::unique_ptr<UpstreamCall> send(UpstreamRequest request) override;

private:
    Result<QNetworkRequest> prepare(const UpstreamRequest &request) const;

    ProxyEnvironment m_proxies;
    QSslConfiguration m_tls;
    ConnectionPool m_pool;
};

} // namespace lunargate
