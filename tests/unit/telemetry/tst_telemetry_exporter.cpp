// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/otlp_json.h"
#include "tests/unit/telemetry/exporter_fixture.h"

#include <QProcess>
#include <QRegularExpression>
#include <QTest>

using namespace lunargate;
using namespace lunargate::test;

/// Batches, tries, and the end.
class TelemetryExporterTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void postsSpans()
    {
        ExporterFixture f;
        f.exporter.apply(settings());
        f.add();
        f.add(tracedFallback());
        f.exporter.wake(Wake::Now);
        QCOMPARE(f.traces().size(), 1u);
        const UpstreamRequest request = f.traces().at(0);
        QCOMPARE(request.url, QUrl(QStringLiteral("http://otel.test:4318/v1/traces")));
        QCOMPARE(request.method, QByteArray("POST"));
        QCOMPARE(request.headers.value("Content-Type"), QByteArray("application/json"));
        QCOMPARE(request.headers.value("x-api-key"), QByteArray("otel-key-1"));
        QVERIFY(!request.headers.contains("Content-Encoding"));
        QCOMPARE(otlpProblem("/v1/traces", request.body), QByteArray());
        QCOMPARE(otlpSpans(request.body).size(), 5u);
        QCOMPARE(otlpResource(request.body).attribute("service.name"), QByteArray("lunargate"));
        const TelemetryStatus status = f.exporter.status();
        QCOMPARE(status.sentSpans, 5);
        QCOMPARE(status.traces.sent, 1);
        QCOMPARE(status.waiting, 0);
    }

    void theResourceIsWhatTheConfigurationSays()
    {
        ExporterFixture f;
        TelemetryConfig config = settings();
        config.serviceName = "mine";
        config.resource = {{"deployment.environment.name", "test"}, {"service.version", "7"}};
        f.exporter.apply(config);
        f.add();
        f.exporter.wake(Wake::Now);
        const OtlpItem resource = otlpResource(f.traces().at(0).body);
        QCOMPARE(resource.attribute("service.name"), QByteArray("mine"));
        QCOMPARE(resource.attribute("service.version"), QByteArray("7"));
        QCOMPARE(resource.attribute("deployment.environment.name"), QByteArray("test"));
    }

    void compressesWhereThatIsWanted()
    {
        ExporterFixture f;
        TelemetryConfig config = settings();
        config.compress = true;
        f.exporter.apply(config);
        f.add();
        f.exporter.wake(Wake::Now);
        const UpstreamRequest request = f.traces().at(0);
        QCOMPARE(request.headers.value("Content-Encoding"), QByteArray("gzip"));
        QProcess gunzip;
        gunzip.start(QStringLiteral("gzip"), {QStringLiteral("-dc")});
        gunzip.write(request.body);
        gunzip.closeWriteChannel();
        QVERIFY(gunzip.waitForFinished());
        QCOMPARE(otlpSpans(gunzip.readAllStandardOutput()).size(), 2u);
    }

    void waitsForOthers()
    {
        ExporterFixture f;
        f.exporter.apply(settings());
        f.add();
        f.exporter.wake(Wake::Soon);
        f.add();
        QVERIFY(f.traces().empty());
        QVERIFY(waitUntil([&] { return f.traces().size() == 1; }));
        QCOMPARE(otlpSpans(f.traces()[0].body).size(), 4u);
    }

    void batchesAreBounded()
    {
        ExporterFixture f;
        f.exporter.apply(settings());
        for (int i = 0; i < 300; ++i)
            f.add();
        f.exporter.wake(Wake::Now);
        QCOMPARE(f.traces().size(), 2u);
        QCOMPARE(otlpSpans(f.traces()[0].body).size(), 512u);
        QCOMPARE(f.exporter.status().sentSpans, 600);
    }

    void metricsAreToldAtEachInterval()
    {
        ExporterFixture f;
        TelemetryConfig config = settings();
        config.metricsInterval = 20ms;
        config.traces = false;
        f.exporter.apply(config);
        f.add();
        f.exporter.wake(Wake::Now);
        QVERIFY(waitUntil([&] { return f.metrics().size() >= 2; }));
        QVERIFY(f.traces().empty());
        QCOMPARE(otlpProblem("/v1/metrics", f.metrics()[1].body), QByteArray());
        QVERIFY(!otlpPoints(f.metrics()[1].body).empty());
    }

    void unmeasuredRequestsHaveNoMetrics()
    {
        ExporterFixture f;
        f.exporter.apply(settings());
        TracedRequest request = tracedChat();
        request.isMeasured = false;
        f.add(std::move(request));
        QVERIFY(f.close());
        QCOMPARE(f.traces().size(), 1u);
        QVERIFY(f.metrics().empty());
    }

    void unsampledRequestsHaveNoSpans()
    {
        ExporterFixture f;
        f.exporter.apply(settings());
        TracedRequest request = tracedChat();
        request.trace->isSampled = false;
        f.add(std::move(request));
        QVERIFY(f.close());
        QVERIFY(f.traces().empty());
        QCOMPARE(f.metrics().size(), 1u);
    }

    void whatMayPassIsTriedAgain()
    {
        ExporterFixture f;
        const std::vector<Script> scripts = {
            Script(503), Script(429, {{"Retry-After", "40"}}),
            Script::failing({.kind = ErrorKind::UpstreamTransport, .reason = "connect_error", .message = {}}),
            Script(200)};
        f.answer = [&](const UpstreamRequest &) { return scripts[f.requests.size()]; };
        muted([&] {
            f.exporter.apply(settings());
            f.add();
            f.exporter.wake(Wake::Now);
        });
        QCOMPARE(f.pauses, (std::vector<milliseconds>{500ms, 40s, 2s}));
        QCOMPARE(f.exporter.status().sentSpans, 2);
        QCOMPARE(f.exporter.status().traces.failed, 3);
    }

    void otherStatusesAreFinal_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("message");
        const QString refused = QStringLiteral("refused data; check telemetry.endpoint");
        QTest::newRow("malformed") << 400 << refused;
        QTest::newRow("wrong path") << 404 << refused;
        QTest::newRow("wrong key") << 401 << QStringLiteral("refused the credentials; check telemetry.headers");
        QTest::newRow("broken") << 500 << refused; // OTLP allows 429, 502, 503 and 504 only
    }
    void otherStatusesAreFinal()
    {
        QFETCH(int, status);
        QFETCH(QString, message);
        ExporterFixture f;
        f.answer = [status](const UpstreamRequest &) { return Script(status); };
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(message)); // once for both batches
        f.exporter.apply(settings());
        for (int i = 0; i < 300; ++i)
            f.add();
        f.exporter.wake(Wake::Now);
        QCOMPARE(f.traces().size(), 2u);
        QVERIFY(f.pauses.empty());
        QCOMPARE(f.exporter.status().failedSpans, 600);
        QCOMPARE(f.exporter.status().waiting, 0);
    }

    void whatIsRejectedIsCountedAndTold()
    {
        ExporterFixture f;
        f.answer = [](const UpstreamRequest &) {
            return Script(200).bytes(R"({"partialSuccess":{"rejectedSpans":"1","errorMessage":"too old"}})");
        };
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("rejected a part.*too old")));
        f.exporter.apply(settings());
        f.add();
        f.exporter.wake(Wake::Now);
        QCOMPARE(f.exporter.status().sentSpans, 1);
        QCOMPARE(f.exporter.status().rejectedSpans, 1);
    }

    void metricsGoOnWhileSpansWait()
    {
        ExporterFixture f;
        f.isTimeStill = true;
        f.answer = [](const UpstreamRequest &request) {
            return Script(request.url.path() == QStringLiteral("/v1/traces") ? 503 : 200);
        };
        muted([&] {
            TelemetryConfig config = settings();
            config.metricsInterval = 5ms;
            f.exporter.apply(config);
            f.add();
            f.exporter.wake(Wake::Now);
            f.add();
            QVERIFY(waitUntil([&] {
                return !f.metrics().empty() && otlpPoints(f.metrics().back().body).at(0).text("count") == "2";
            }));
        });
        QCOMPARE(f.traces().size(), 1u);
        QCOMPARE(f.exporter.status().waiting, 2);
    }

    void metricsInVainAreTriedAgain()
    {
        ExporterFixture f;
        f.answer = [&](const UpstreamRequest &) { return Script(f.metrics().size() == 0 ? 503 : 200); };
        TelemetryConfig config = settings();
        config.traces = false;
        config.metricsInterval = 20ms;
        muted([&] {
            f.exporter.apply(config);
            f.add();
            f.exporter.wake(Wake::Now);
            QVERIFY(waitUntil([&] { return f.metrics().size() == 1; }));
            QVERIFY(waitUntil([&] { return f.metrics().size() == 2; }));
        });
        QCOMPARE(f.exporter.status().metrics.failed, 1);
    }

    void whatHasNoRoomIsCounted()
    {
        ExporterFixture f;
        f.isTimeStill = true;
        f.answer = [](const UpstreamRequest &) { return Script(503); };
        TelemetryConfig config = settings();
        config.content = true;
        muted([&] {
            f.exporter.apply(config);
            f.add(saying("there is room"));
            for (int i = 0; i < 600; ++i)
                f.add(large());
            f.exporter.wake(Wake::Now);
            QCOMPARE(f.exporter.status().dropped, 0);
            f.add(saying("content is left out"));
            f.exporter.wake(Wake::Now);
            QCOMPARE(f.exporter.status().waiting, 602);
            for (int i = 0; i < 600; ++i)
                f.add(large());
            f.exporter.wake(Wake::Now);
        });
        const TelemetryStatus status = f.exporter.status();
        QVERIFY(status.dropped > 0);
        QCOMPARE(status.dropped, 1202 - status.waiting);
        QCOMPARE(status.droppedSpans, status.dropped * 33);
        f.answer = [](const UpstreamRequest &) { return Script(200); };
        f.exporter.apply(config);
        const auto tells = [&f](const char *text) {
            return std::ranges::any_of(f.traces(), [&](const auto &request) { return request.body.contains(text); });
        };
        QVERIFY(waitUntil([&] { return f.exporter.status().waiting == 0; }));
        QVERIFY(tells("there is room"));
        QVERIFY(!tells("content is left out"));
    }

    void theEndHasNoTimeForContent()
    {
        ExporterFixture f;
        TelemetryConfig config = settings();
        config.content = true;
        f.exporter.apply(config);
        f.add(saying("no time"));
        QVERIFY(f.close(0ms));
        QCOMPARE(f.exporter.status().sentSpans, 2);
        QVERIFY(!f.traces().at(0).body.contains("no time"));
    }

    void theEndSendsWhatWaits()
    {
        ExporterFixture f;
        f.exporter.apply(settings());
        for (int i = 0; i < 300; ++i)
            f.add();
        QVERIFY(f.close());
        QCOMPARE(f.traces().size(), 2u);
        QCOMPARE(f.metrics().size(), 1u);
        QCOMPARE(f.exporter.status().sentSpans, 600);
    }

    void theEndWaitsForNoCollectorThatIsNotThere()
    {
        ExporterFixture f;
        f.isTimeStill = true;
        f.answer = [](const UpstreamRequest &) { return Script(503); };
        muted([&] {
            f.exporter.apply(settings());
            f.add();
            f.exporter.wake(Wake::Now);
            QVERIFY(f.close(10min));
        });
        QCOMPARE(f.traces().size(), 2u); // it had its chance
        QCOMPARE(f.exporter.status().failedSpans, 2);
    }

    void theEndSaysThatMetricsAreLost()
    {
        ExporterFixture f;
        f.answer = [](const UpstreamRequest &) { return Script(503); };
        TelemetryConfig config = settings();
        config.traces = false;
        f.exporter.apply(config);
        f.add();
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("could not be told of everything")));
        QVERIFY(f.close());
        QCOMPARE(f.metrics().size(), 1u);
    }

    void theEndHasADeadline()
    {
        ExporterFixture f;
        f.answer = [](const UpstreamRequest &) { return Script::silent(); };
        f.exporter.apply(settings());
        f.add();
        f.exporter.wake(Wake::Now);
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("could not be told of everything")));
        const TimePoint begin = Clock::now();
        QVERIFY(f.close(50ms));
        QVERIFY(Clock::now() - begin < 5s);
        QCOMPARE(f.exporter.status().failedSpans, 2);
        QCOMPARE(f.exporter.status().waiting, 0);
    }
};

QTEST_GUILESS_MAIN(TelemetryExporterTest)
#include "tst_telemetry_exporter.moc"
