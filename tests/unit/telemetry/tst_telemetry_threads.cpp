// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/telemetry/telemetry.h"
#include "tests/unit/telemetry/traced_requests.h"

#include <QLoggingCategory>
#include <QTest>

#include <atomic>
#include <thread>

using namespace lunargate;
using namespace lunargate::test;

namespace {

// Nobody listens there: the exporter tries, and gives up at the end.
constexpr const char *kNowhere = "http://127.0.0.1:9";

std::shared_ptr<const Config> configWith(const TelemetryConfig &telemetry)
{
    auto config = std::make_shared<Config>(*tracedConfig());
    config->telemetry = telemetry;
    return config;
}

TelemetryConfig switchedOn()
{
    TelemetryConfig settings;
    settings.endpoint = kNowhere;
    settings.metricsInterval = 1ms;
    return settings;
}

} // namespace

/// The service between many workers and its own thread.
class TelemetryThreadsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        QTest::failOnWarning();
        QLoggingCategory::setFilterRules(QStringLiteral("lunargate.telemetry=false")); // it says that nobody answers
    }

    void beginsNothingUnlessItIsWanted()
    {
        const HeaderList client;
        Telemetry telemetry({});
        QVERIFY(!telemetry.begin(configWith(switchedOn()), client)); // not started, and other settings
        telemetry.start();
        QVERIFY(!telemetry.begin(configWith(switchedOn()), client));
        telemetry.apply(switchedOn());
        QVERIFY(telemetry.begin(configWith(switchedOn()), client));
        QVERIFY(!telemetry.begin(configWith({}), client)); // a request keeps the configuration that it began with
        TelemetryConfig neither = switchedOn();
        neither.traces = neither.metrics = false;
        QVERIFY(!telemetry.begin(configWith(neither), client));
    }

    void contentIsCollectedOnlyForSpans()
    {
        TelemetryConfig settings = switchedOn();
        settings.content = true;
        Telemetry telemetry(settings);
        telemetry.start();
        QVERIFY(telemetry.begin(configWith(settings), {})->content);
        settings.sampleRatio = 0;
        QVERIFY(!telemetry.begin(configWith(settings), {})->content);
        settings.traces = false;
        const auto request = telemetry.begin(configWith(settings), {});
        QVERIFY(!request->content && !request->trace && request->isMeasured);
    }

    void clientsWithoutAKeyDoNotDecideWhatIsRecorded_data()
    {
        QTest::addColumn<double>("ratio");
        QTest::addColumn<int>("least");
        QTest::addColumn<int>("most");
        QTest::newRow("none") << 0.0 << 0 << 0;
        QTest::newRow("all, but not many") << 1.0 << 100 << 110; // a minute may pass
    }
    void clientsWithoutAKeyDoNotDecideWhatIsRecorded()
    {
        QFETCH(double, ratio);
        QFETCH(int, least);
        QFETCH(int, most);
        TelemetryConfig settings = switchedOn();
        settings.metrics = false;
        settings.sampleRatio = ratio;
        Telemetry telemetry(settings);
        telemetry.start();
        HeaderList client;
        client.add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        for (int i = 0; i < 200; ++i) {
            auto request = telemetry.begin(configWith(settings), client);
            request->record.isTurnedAway = true;
            telemetry.add(std::move(*request));
        }
        QVERIFY(telemetry.status().queued >= least && telemetry.status().queued <= most);
    }

    void workersAndReloadsGoSideBySide()
    {
        Telemetry telemetry(switchedOn());
        telemetry.start();
        const auto config = configWith(switchedOn());
        std::atomic<int> working = 3;
        std::vector<std::jthread> workers;
        for (int i = 0; i < 3; ++i) {
            workers.emplace_back([&] {
                for (int n = 0; n < 500; ++n) {
                    if (auto request = telemetry.begin(config, {})) {
                        request->record = tracedFallback(config).record;
                        telemetry.add(std::move(*request));
                    }
                }
                --working;
            });
        }
        TelemetryConfig settings = switchedOn();
        while (working > 0) {
            settings.content = !settings.content;
            settings.genAiNames = settings.content ? GenAiNames::Latest : GenAiNames::V141;
            telemetry.apply(settings);
            QVERIFY(telemetry.status().waiting >= 0);
        }
        telemetry.apply({});
        const qint64 queued = telemetry.status().queued;
        QVERIFY(queued > 0 && queued <= 1500);
        QTRY_COMPARE_WITH_TIMEOUT(telemetry.status().waiting, 0, std::chrono::seconds(30));
    }
};

QTEST_GUILESS_MAIN(TelemetryThreadsTest)
#include "tst_telemetry_threads.moc"
