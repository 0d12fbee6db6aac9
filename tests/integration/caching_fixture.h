// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/gateway_fixture.h"
#include "tests/support/json_path.h"
#include "tests/support/metrics_text.h"

namespace lunargate::test {

/// A gateway with a cache in front of an upstream whose answers tell which call they came from.
struct CachingFixture : GatewayFixture
{
    bool start(const QByteArray &caching = {}, const QByteArray &sections = {})
    {
        upstream.otherwise([this](const ReceivedRequest &request) {
            if (request.body.contains(R"("stream":true)"))
                return Script::chatStream({"call ", QByteArray::number(upstream.requestCount())});
            return Script::chat("call " + QByteArray::number(upstream.requestCount()));
        });
        return GatewayFixture::start({.sections = "caching:\n  enabled: true\n" + indented(caching, 2) + sections});
    }
    MetricsText metrics() const { return MetricsText(client().get("/metrics").body); }
    HttpAnswer statistics() const { return client().get("/admin/v1/cache"); }
    double number(const QByteArray &member) const { return jsonAt(statistics().body, member).toDouble(-1); }
};

/// What the cache had to do with an answer; the failure if it is one.
inline QByteArray cacheStatus(const HttpAnswer &answer)
{
    return answer.status == 200 ? answer.header("X-LunarGate-Cache-Status") : answer.summary();
}

/// An answer of 190 tokens.
inline const QByteArray kAnswer =
    R"({"choices":[{"index":0,"message":{"role":"assistant","content":"a"},"finish_reason":"stop"}],)"
    R"("usage":{"prompt_tokens":90,"completion_tokens":100}})";

} // namespace lunargate::test
