// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/upstream/direct_call.h"
#include "gateway/upstream/direct_pool.h"
#include "gateway/upstream/proxy_environment.h"
#include "gateway/upstream/transport.h"

#include <map>

namespace lunargate {

/// Reaches servers on this machine and at plain addresses by itself, with HTTP/1.1 over TCP, at a fraction of the CPU:
/// URLs of `http`, whose host is an IP address or `localhost`, without a proxy. All others, and calls whose body is
/// sent while it comes, are the `others`' matter. Follows no redirect, keeps no cookie, decompresses nothing.
///
/// A request goes out once; once more only over another connection, if a kept one closed before the first byte of the
/// answer and UpstreamRequest::mayResend is set.
///
/// Belongs to the thread that made it; its calls must be gone before it goes.
class DirectTransport : public Transport
{
public:
    explicit DirectTransport(std::unique_ptr<Transport> others,
                             ProxyEnvironment proxies = ProxyEnvironment::fromProcess());

    std::unique_ptr<UpstreamCall> send(UpstreamRequest request) override;
    /// Passes on what the others reach. Here a connection is made in microseconds.
    void keepWarm(const std::vector<WarmTarget> &targets) override;

private:
    std::shared_ptr<const DirectOrigin> originOf(const QUrl &url);

    std::unique_ptr<Transport> m_others;
    ProxyEnvironment m_proxies;
    DirectPool m_pool;
    std::map<std::pair<QString, int>, std::shared_ptr<const DirectOrigin>> m_origins; // by host and port; null: others'
};

} // namespace lunargate
