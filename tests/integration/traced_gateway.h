// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/gateway_fixture.h"
#include "tests/support/metrics_text.h"
#include "tests/support/otlp_json.h"

#include <QTest>

#include <algorithm>
#include <iterator>

namespace lunargate::test {

using namespace std::chrono_literals;

inline constexpr const char *kOtelKey = "otel-canary-77c1d2e9";
inline const QByteArray kTrace = "0af7651916cd43dd8448eb211c80319c";
inline const QByteArray kParent = "00-" + kTrace + "-b7ad6b7169203331-01";

/// A gateway between an upstream and an OpenTelemetry collector.
struct TracedGateway : GatewayFixture
{
    FakeUpstream otel;

    TracedGateway()
    {
        otel.otherwise([](const ReceivedRequest &) { return Script::json(200, "{}"); });
    }

    QByteArray telemetry(const QByteArray &more = {}) const
    {
        return "telemetry:\n  endpoint: " + otel.url("") + "\n  compress: false\n  headers: {x-otel-team: " + kOtelKey +
               "}\n" + indented(more, 2);
    }
    /// With a second provider, `spare`, behind the first one.
    bool startWithFallback(const FakeUpstream &spare, const QByteArray &routeKey = {})
    {
        return gateway.start("providers:\n  fake: {type: openai, base_url: \"" + upstream.url() +
                             "\"}\n  spare: {type: groq, api_key: k-spare, base_url: \"" + spare.url() +
                             "\"}\nretry: {max_attempts: 1}\nrouting:\n  routes:\n    - name: default\n"
                             "      targets: [{provider: fake, model: m1}]\n"
                             "      fallback: [{provider: spare, model: m2}]\n" +
                             indented(routeKey, 6) + telemetry());
    }
    bool start(const QByteArray &settings = {}, const QByteArray &sections = {})
    {
        return GatewayFixture::start({.sections = telemetry(settings) + sections});
    }

    /// All that was sent to that path; what is not as OTLP wants it fails the test.
    std::vector<QByteArray> bodies(const char *path) const
    {
        std::vector<QByteArray> found;
        for (int i = 0; i < otel.requestCount(); ++i) {
            const ReceivedRequest &request = otel.request(i);
            if (const QByteArray problem = otlpProblem(request.path, request.body); !problem.isEmpty())
                QTest::qFail(problem.constData(), __FILE__, __LINE__);
            if (request.path == path)
                found.push_back(request.body);
        }
        return found;
    }
    std::vector<OtlpItem> spans() const
    {
        std::vector<OtlpItem> all;
        for (const QByteArray &body : bodies("/v1/traces"))
            std::ranges::move(otlpSpans(body), std::back_inserter(all));
        return all;
    }
    /// Of the metric, as it was told last.
    std::vector<OtlpItem> points(const QByteArray &metric) const
    {
        const std::vector<QByteArray> all = bodies("/v1/metrics");
        std::vector<OtlpItem> found = all.empty() ? std::vector<OtlpItem>() : otlpPoints(all.back());
        std::erase_if(found, [&](const OtlpItem &point) { return point.metric != metric; });
        return found;
    }
    QByteArray everything() const
    {
        QByteArray all;
        for (int i = 0; i < otel.requestCount(); ++i)
            all += otel.request(i).body;
        return all;
    }
    /// The span that a call to the provider was told to be.
    QByteArray spanOfCall(int index) const { return upstream.request(index).header("traceparent").mid(36, 16); }
    double counter(const QByteArray &name, const MetricsText::Labels &labels = {}) const
    {
        return MetricsText(client().get("/metrics").body).sum(name, labels);
    }
    /// Ends the gateway, and with it everything waiting goes out.
    bool finish() { return gateway.terminate(10s) == 0; }
};

} // namespace lunargate::test
