// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/upstream/curl_multi.h"
#include "gateway/upstream/curl_request.h"
#include "gateway/upstream/proxy_environment.h"
#include "gateway/upstream/transport.h"
#include "gateway/upstream/warm_connections.h"

namespace lunargate {

/// Reaches providers by way of libcurl: HTTP/2 where a TLS server offers it, else HTTP/1.1. Follows no redirect, keeps
/// no cookie, decompresses nothing, answers no authentication challenge, and always verifies certificates.
///
/// A request goes out once, with exceptions that curl makes, before anything was answered: a kept connection that
/// closes before the first byte, and an HTTP/2 stream that the provider refused (RFC 9113 section 8.7) or wants to have
/// over HTTP/1.1 (section 7, HTTP_1_1_REQUIRED).
///
/// Belongs to the thread that made it; its calls must be gone before it goes, and it must not go from inside a
/// coroutine that one of its calls resumed.
class CurlTransport : public Transport
{
public:
    struct Options
    {
        ProxyEnvironment proxies = ProxyEnvironment::fromProcess();
        /// A PEM file of certificate authorities trusted beside the system's; empty: none.
        QByteArray extraCertificateFile = qgetenv("SSL_CERT_FILE");
        WarmConnections::Times warmTimes = {};
    };

    CurlTransport() : CurlTransport(Options{}) {}
    explicit CurlTransport(Options options);

    std::unique_ptr<UpstreamCall> send(UpstreamRequest request) override;
    void keepWarm(const std::vector<WarmTarget> &targets) override { m_warm.keep(targets); }
    const WarmConnections &warmConnections() const { return m_warm; }

private:
    CurlMulti m_multi; // first: it initializes curl
    ProxyEnvironment m_proxies;
    CurlSettings m_settings;
    WarmConnections m_warm; // uses all of these, so it goes first
};

} // namespace lunargate
