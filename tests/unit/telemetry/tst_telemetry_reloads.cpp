// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/telemetry/exporter_fixture.h"

#include <QTest>

using namespace lunargate;
using namespace lunargate::test;

/// What the exporter does with other settings: what is forgotten, ended, or sent once more.
class TelemetryReloadsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void contentThatMayNotBeToldAnyMoreIsForgotten()
    {
        ExporterFixture f;
        f.isTimeStill = true;
        f.answer = [&](const UpstreamRequest &) { return Script(f.requests.empty() ? 503 : 200); };
        muted([&] {
            TelemetryConfig config = settings();
            config.content = true;
            f.exporter.apply(config);
            f.add(saying("private"));
            f.exporter.wake(Wake::Now);
            QVERIFY(f.traces().at(0).body.contains("private"));
            f.exporter.apply(settings()); // without content
        });
        QCOMPARE(f.traces().size(), 1u);
        QCOMPARE(f.exporter.status().droppedSpans, 2);
        QCOMPARE(f.exporter.status().waiting, 0);
    }

    void whatIsNotWrittenYetIsToldWithoutContent()
    {
        ExporterFixture f;
        TelemetryConfig config = settings();
        config.content = true;
        f.exporter.apply(config);
        f.add(saying("private"));
        f.exporter.apply(settings()); // without content
        QCOMPARE(f.exporter.status().sentSpans, 2);
        QVERIFY(!f.traces().at(0).body.contains("private"));
    }

    void aCallWithWhatMayNotLeaveAnyMoreIsEnded()
    {
        ExporterFixture f;
        f.answer = [&](const UpstreamRequest &) { return f.requests.empty() ? Script::silent() : Script(200); };
        TelemetryConfig config = settings();
        config.content = true;
        f.exporter.apply(config);
        f.add(saying("private"));
        f.add();
        f.exporter.wake(Wake::Now);
        QCOMPARE(f.traces().size(), 1u);
        f.exporter.apply(settings());                                           // without content
        QVERIFY(waitUntil([&] { return f.exporter.status().sentSpans == 2; })); // those of the other one
        QCOMPARE(f.exporter.status().droppedSpans, 2);
        QVERIFY(!f.traces().back().body.contains("private"));
    }

    void metricsThatAreTurnedOffEndTheirCall()
    {
        ExporterFixture f;
        f.answer = [&](const UpstreamRequest &) { return f.requests.empty() ? Script::silent() : Script(200); };
        TelemetryConfig config = settings();
        config.traces = false;
        config.metricsInterval = 5ms;
        f.exporter.apply(config);
        f.add();
        QVERIFY(waitUntil([&] { return f.metrics().size() == 1; }));
        TelemetryConfig off = config;
        off.metrics = false;
        f.exporter.apply(off);
        f.exporter.apply(config);
        f.add();
        QVERIFY(waitUntil([&] { return f.metrics().size() == 2; }));
    }

    void otherNamesCostNoMetrics()
    {
        ExporterFixture f;
        f.exporter.apply(settings());
        f.add();
        TelemetryConfig latest = settings();
        latest.genAiNames = GenAiNames::Latest;
        f.exporter.apply(latest);
        QCOMPARE(f.metrics().size(), 1u);
        QVERIFY(f.metrics()[0].body.contains("gen_ai.client.operation.duration"));
        QVERIFY(f.close());
        QCOMPARE(f.metrics().size(), 1u); // there is nothing new
    }

    void metricsThatAreTurnedOffAreNotSentOnceMore()
    {
        ExporterFixture f;
        f.exporter.apply(settings());
        f.add();
        TelemetryConfig off = settings();
        off.metrics = false;
        f.exporter.apply(off);
        QVERIFY(f.close());
        QVERIFY(f.metrics().empty());
    }

    void otherSettingsAreTriedAtOnce()
    {
        ExporterFixture f;
        f.isTimeStill = true;
        f.answer = [&](const UpstreamRequest &) { return Script(f.requests.empty() ? 503 : 200); };
        muted([&] {
            f.exporter.apply(settings());
            f.add();
            f.exporter.wake(Wake::Now);
            TelemetryConfig other = settings();
            other.endpoint = "http://other.test";
            f.exporter.apply(other);
        });
        QCOMPARE(f.requests.size(), 2u);
        QCOMPARE(f.requests[1].url, QUrl(QStringLiteral("http://other.test/v1/traces")));
        QCOMPARE(f.exporter.status().sentSpans, 2);
    }

    void withoutAnEndpointWhatWaitsIsForgotten()
    {
        ExporterFixture f;
        f.isTimeStill = true;
        f.answer = [](const UpstreamRequest &) { return Script(503); };
        muted([&] {
            f.exporter.apply(settings());
            f.add();
            f.exporter.wake(Wake::Now);
            f.add();
            f.exporter.apply({});
        });
        QCOMPARE(f.requests.size(), 1u);
        QCOMPARE(f.exporter.status().droppedSpans, 4);
        QVERIFY(f.close());
        QCOMPARE(f.requests.size(), 1u);
    }
};

QTEST_GUILESS_MAIN(TelemetryReloadsTest)
#include "tst_telemetry_reloads.moc"
