// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/config.h"
#include "gateway/error.h"
#include "gateway/http/http_request.h"

namespace lunargate {

/// Keeps web pages away from a gateway on the user's own machine: a page must neither reach it under a name of its own
/// (DNS rebinding) nor call it from a foreign origin. Immutable: any thread may use it.
class BrowserGuard
{
public:
    explicit BrowserGuard(const ServerConfig &config);

    /// `isLoopback`: the gateway listens on loopback addresses only, so that the Host header can be checked. Fails with
    /// Forbidden (`host_not_allowed`, `origin_not_allowed`).
    Result<void> check(const HttpRequest &request, bool isLoopback) const;

    /// For /admin without `security`. Beyond check(): the Host is this machine's, whatever addresses are listened
    /// on; no page of another origin may call, not even one of `cors_origins`; and what a browser sends to change
    /// something says that it is JSON or has a header that pages cannot send unasked (`X-LunarGate-…`,
    /// `X-Requested-With`). Fails with Forbidden (`host_not_allowed`, `origin_not_allowed`, `admin_json_required`).
    Result<void> checkAdmin(const HttpRequest &request) const;

    /// The request's origin, if the configuration gives it access; else empty.
    QByteArray allowedOrigin(const HttpRequest &request) const;

private:
    bool isAllowedHost(QByteArrayView host) const;

    std::vector<QByteArray> m_allowedHosts; // lower case
    std::vector<QByteArray> m_origins;
};

} // namespace lunargate
