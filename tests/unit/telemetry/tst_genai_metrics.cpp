// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/telemetry/genai_metrics.h"
#include "gateway/telemetry/otlp_payload.h"
#include "tests/support/otlp_json.h"
#include "tests/unit/telemetry/traced_requests.h"

#include <QJsonArray>
#include <QTest>

using namespace lunargate;
using namespace lunargate::test;

namespace {

/// The points of one metric.
std::vector<OtlpItem> pointsOf(const GenAiMetrics &metrics, const QByteArray &name)
{
    const QByteArray payload = metricsPayload("[]", nameTable(GenAiNames::V141), metrics.json(GenAiMetrics::Time(9s)));
    if (const QByteArray problem = otlpProblem("/v1/metrics", payload); !problem.isEmpty())
        qWarning() << problem;
    std::vector<OtlpItem> points = otlpPoints(payload);
    std::erase_if(points, [&](const OtlpItem &point) { return point.metric != name; });
    return points;
}

struct Fixture
{
    explicit Fixture(GenAiNames dialect = GenAiNames::V141) : metrics(nameTable(dialect), GenAiMetrics::Time(5s)) {}

    std::vector<OtlpItem> points(const QByteArray &name) const { return pointsOf(metrics, name); }

    GenAiMetrics metrics;
};

} // namespace

/// The sums that are told.
class GenAiMetricsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void sumsUpSinceItsStart()
    {
        Fixture f;
        const auto config = tracedConfig();
        f.metrics.add(tracedChat(config));
        f.metrics.add(tracedChat(config));
        const std::vector<OtlpItem> points = f.points("gen_ai.client.operation.duration");
        QCOMPARE(points.size(), 1u);
        const OtlpItem &point = points.front();
        QCOMPARE(point.text("count"), QByteArray("2"));
        QCOMPARE(point.json[u"sum"].toDouble(), 3.0);
        QCOMPARE(point.json[u"min"].toDouble(), 1.5);
        QCOMPARE(point.text("startTimeUnixNano"), QByteArray("5000000000"));
        QCOMPARE(point.text("timeUnixNano"), QByteArray("9000000000"));
        QCOMPARE(point.metricJson[u"histogram"][u"aggregationTemporality"].toInt(), 2);
        QCOMPARE(point.json[u"bucketCounts"][8].toString(), QStringLiteral("2")); // up to 2.56 seconds
        QCOMPARE(point.attribute("gen_ai.operation.name"), QByteArray("chat"));
        QCOMPARE(point.attribute("gen_ai.provider.name"), QByteArray("openai"));
        QCOMPARE(point.attribute("gen_ai.request.model"), QByteArray("gpt-known"));
        QCOMPARE(point.attribute("gen_ai.response.model"), QByteArray("gpt-known"));
        QCOMPARE(point.attribute("server.address"), QByteArray("api.openai.test"));
        QVERIFY(!point.hasAttribute("error.type"));
    }

    void tokensIncludeCachedOnes()
    {
        Fixture f;
        f.metrics.add(tracedChat());
        const std::vector<OtlpItem> points = f.points("gen_ai.client.token.usage");
        QCOMPARE(points.size(), 2u);
        for (const OtlpItem &point : points) {
            const bool isInput = point.attribute("gen_ai.token.type") == "input";
            QCOMPARE(point.json[u"sum"].toDouble(), isInput ? 60.0 : 12.0);
        }
    }

    void whatNobodyToldIsNoUsage()
    {
        Fixture f;
        TracedRequest request = tracedChat();
        request.record.usage->isEstimated = true;
        f.metrics.add(request);
        request.record.usage.reset();
        f.metrics.add(request);
        QVERIFY(f.points("gen_ai.client.token.usage").empty());
    }

    void everyAttemptHasItsDuration()
    {
        Fixture f;
        f.metrics.add(tracedFallback());
        const std::vector<OtlpItem> points = f.points("gen_ai.client.operation.duration");
        QCOMPARE(points.size(), 2u);
        const bool isFirstFailed = points[0].hasAttribute("error.type");
        const OtlpItem &failed = points[isFirstFailed ? 0 : 1];
        const OtlpItem &answered = points[isFirstFailed ? 1 : 0];
        QCOMPARE(failed.attribute("error.type"), QByteArray("503"));
        QCOMPARE(failed.json[u"sum"].toDouble(), 0.3);
        QCOMPARE(answered.attribute("gen_ai.provider.name"), QByteArray("gcp.gemini"));
        QCOMPARE(answered.attribute("gen_ai.request.model"), QByteArray("spare-known"));
        QCOMPARE(answered.attribute("gen_ai.response.model"), QByteArray("other")); // the provider's choice of words
        const std::vector<OtlpItem> server = f.points("gen_ai.server.request.duration");
        QCOMPARE(server.size(), 1u);
        QCOMPARE(server[0].json[u"sum"].toDouble(), 2.0);
    }

    void streamsTellTheirPace()
    {
        Fixture f;
        f.metrics.add(tracedStream());
        QCOMPARE(f.points("gen_ai.client.operation.time_to_first_chunk")[0].json[u"sum"].toDouble(), 0.5);
        const OtlpItem chunks = f.points("gen_ai.client.operation.time_per_output_chunk")[0];
        QCOMPARE(chunks.text("count"), QByteArray("3")); // one for each chunk after the first
        QCOMPARE(chunks.json[u"sum"].toDouble(), 0.535);
        QCOMPARE(f.points("gen_ai.server.time_to_first_token")[0].json[u"sum"].toDouble(), 1.0);
        QCOMPARE(f.points("gen_ai.server.time_per_output_token")[0].json[u"sum"].toDouble(), 1.0 / 11);
    }

    void onlyStreamsDo()
    {
        Fixture f;
        f.metrics.add(tracedChat());
        QVERIFY(f.points("gen_ai.client.operation.time_to_first_chunk").empty());
        QVERIFY(f.points("gen_ai.server.time_to_first_token").empty());
    }

    void refusalsAreRequestsWithoutAProvider()
    {
        Fixture f;
        f.metrics.add(tracedRefusal());
        QVERIFY(f.points("gen_ai.client.operation.duration").empty());
        const OtlpItem point = f.points("gen_ai.server.request.duration")[0];
        QCOMPARE(point.attribute("gen_ai.provider.name"), QByteArray("none"));
        QCOMPARE(point.attribute("error.type"), QByteArray("invalid_key"));
        QVERIFY(!point.hasAttribute("gen_ai.request.model"));
    }

    void inTheLatestNamesUsageIsCounted()
    {
        Fixture f(GenAiNames::Latest);
        f.metrics.add(tracedFallback());
        const auto total = [&](const char *name) {
            qint64 sum = 0;
            for (const OtlpItem &point : f.points(name)) {
                sum += point.text("asInt").toLongLong();
                if (point.attribute("gen_ai.token.modality") != "unknown" ||
                    !point.metricJson[u"sum"][u"isMonotonic"].toBool())
                    return -1LL;
            }
            return sum;
        };
        QCOMPARE(total("gen_ai.client.inference.usage.input_tokens"), 60);
        QCOMPARE(total("gen_ai.client.inference.usage.output_tokens"), 12);
        QCOMPARE(total("gen_ai.client.inference.usage.cache_read.input_tokens"), 20);
        QCOMPARE(total("gen_ai.client.inference.usage.cache_write.input_tokens"), 30);
        QCOMPARE(total("gen_ai.client.inference.usage.reasoning.output_tokens"), 5);
        // The attempt that failed used nothing, as far as anybody knows.
        QCOMPARE(f.points("gen_ai.client.inference.usage.input_tokens").size(), 2u);
        QCOMPARE(f.points("gen_ai.client.inference.operation.input_tokens").size(), 1u);
        QVERIFY(f.points("gen_ai.client.token.usage").empty());
    }

    void clientsCannotMakeSeriesAtWill()
    {
        Fixture f;
        const auto config = tracedConfig();
        for (int i = 0; i < 50; ++i) {
            TracedRequest request = tracedChat(config);
            request.record.model = request.record.attemptRecords[0].model = "model-" + QByteArray::number(i);
            request.record.modelServed = request.record.model;
            f.metrics.add(request);
        }
        const std::vector<OtlpItem> points = f.points("gen_ai.client.operation.duration");
        QCOMPARE(points.size(), 1u);
        QCOMPARE(points[0].attribute("gen_ai.request.model"), QByteArray("other"));
        QCOMPARE(points[0].text("count"), QByteArray("50"));
    }

    void whatIsTooMuchIsOneSeries()
    {
        Fixture f;
        const auto config = tracedConfig();
        const int many = static_cast<int>(GenAiMetrics::kMostSeries) + 20;
        for (int i = 0; i < many; ++i) {
            TracedRequest request = tracedRefusal(config);
            request.record.errorReason = "reason-" + QByteArray::number(i);
            f.metrics.add(request);
        }
        const std::vector<OtlpItem> points = f.points("gen_ai.server.request.duration");
        QCOMPARE(points.size(), GenAiMetrics::kMostSeries + 1);
        const auto overflow = std::ranges::find_if(
            points, [](const OtlpItem &point) { return point.hasAttribute("otel.metric.overflow"); });
        QVERIFY(overflow != points.end());
        QCOMPARE(overflow->text("count"), QByteArray("20"));
    }
};

QTEST_APPLESS_MAIN(GenAiMetricsTest)
#include "tst_genai_metrics.moc"
