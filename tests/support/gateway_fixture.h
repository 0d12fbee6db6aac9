// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/config_text.h"
#include "tests/support/fake_upstream.h"
#include "tests/support/gateway_process.h"
#include "tests/support/http_client.h"

namespace lunargate::test {

/// A gateway in front of one fake upstream: what most tests need.
struct GatewayFixture
{
    FakeUpstream upstream;
    GatewayProcess gateway;

    /// With simpleConfig(); false if the gateway does not come up.
    bool start(const ConfigChanges &changes = {}) { return gateway.start(simpleConfig(upstream, changes)); }

    quint16 port() const { return gateway.port(); }
    HttpClient client() const { return HttpClient(gateway.port()); }
    /// POST /v1/chat/completions
    HttpAnswer chat(const QByteArray &body = chatBody(), const HeaderList &headers = {}) const
    {
        return client().chat(body, headers);
    }
};

} // namespace lunargate::test
