// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/telemetry/telemetry_exporter.h"
#include "tests/support/otlp_json.h"
#include "tests/support/wait.h"
#include "tests/unit/pipeline/scripted_transport.h"
#include "tests/unit/telemetry/traced_requests.h"

#include <QLoggingCategory>
#include <QProcess>
#include <QRegularExpression>
#include <QTest>

using namespace lunargate;
using namespace lunargate::test;
using Wake = TelemetryQueue::Wake;

namespace {

Task<> done()
{
    co_return;
}

Task<> untilEvent(Event &event)
{
    co_await event.wait();
}

TelemetryConfig settings()
{
    TelemetryConfig config;
    config.endpoint = "http://otel.test:4318/";
    config.headers = {{"x-api-key", "otel-key-1"}};
    config.compress = false;
    config.metricsInterval = 1h;
    return config;
}

/// An OpenTelemetry collector that does what the test says, in a time that passes only where the exporter waits.
struct Fixture
{
    ExporterWorld world()
    {
        return {.makeTransport = [this] { return std::make_unique<Answering>(*this); },
                .now = [this] { return now; },
                .pause = [this](Event &event, TimePoint until) -> Task<> {
                    pauses.push_back(std::chrono::floor<std::chrono::milliseconds>(until - now));
                    if (isTimeStill)
                        return untilEvent(event);
                    now = until;
                    return done();
                },
                .random = [] { return 0.5; },
                .linger = 1ms};
    }

    void add(TracedRequest request = tracedChat()) { queue.add(std::move(request)); }

    std::vector<UpstreamRequest> requestsTo(const char *path) const
    {
        std::vector<UpstreamRequest> found;
        for (const UpstreamRequest &request : requests) {
            if (request.url.path() == QLatin1StringView(path))
                found.push_back(request);
        }
        return found;
    }
    std::vector<UpstreamRequest> traces() const { return requestsTo("/v1/traces"); }
    std::vector<UpstreamRequest> metrics() const { return requestsTo("/v1/metrics"); }
    bool close(milliseconds time = 10s)
    {
        bool isClosed = false;
        exporter.close(Clock::now() + time, [&] { isClosed = true; });
        return waitUntil([&] { return isClosed; });
    }

    class Answering : public Transport
    {
    public:
        explicit Answering(Fixture &fixture) : m_fixture(fixture) {}
        std::unique_ptr<UpstreamCall> send(UpstreamRequest request) override
        {
            const Script script = m_fixture.answer(request);
            m_fixture.requests.push_back(request);
            m_calls.push_back(std::make_unique<ScriptedTransport>(std::deque<Script>{script}));
            return m_calls.back()->send(std::move(request));
        }

    private:
        Fixture &m_fixture;
        std::vector<std::unique_ptr<ScriptedTransport>> m_calls; // traces and metrics go side by side
    };

    TimePoint now{1h};
    bool isTimeStill = false;
    std::function<Script(const UpstreamRequest &)> answer = [](const UpstreamRequest &) { return Script(200); };
    std::vector<UpstreamRequest> requests;
    std::vector<milliseconds> pauses;
    TelemetryQueue queue{{.requests = 1000, .bytes = 1LL << 40, .hurry = 500}};
    TelemetryExporter exporter{queue, world()};
};

} // namespace

/// Batches, tries, what is forgotten, and the end.
class TelemetryExporterTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void postsSpans()
    {
        Fixture f;
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
        Fixture f;
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
        Fixture f;
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
        Fixture f;
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
        Fixture f;
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
        Fixture f;
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
        Fixture f;
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
        Fixture f;
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
        Fixture f;
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
        Fixture f;
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
        Fixture f;
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
        Fixture f;
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
        Fixture f;
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

    void contentThatMayNotBeToldAnyMoreIsForgotten()
    {
        Fixture f;
        f.isTimeStill = true;
        f.answer = [&](const UpstreamRequest &) { return Script(f.requests.empty() ? 503 : 200); };
        muted([&] {
            TelemetryConfig config = settings();
            config.content = true;
            f.exporter.apply(config);
            TracedRequest request = tracedChat();
            request.content = std::make_unique<TracedContent>();
            request.content->setRequest(R"({"messages":[{"role":"user","content":"private"}]})");
            f.add(std::move(request));
            f.exporter.wake(Wake::Now);
            QVERIFY(f.traces().at(0).body.contains("private"));
            f.exporter.apply(settings()); // without content
        });
        QCOMPARE(f.traces().size(), 1u);
        QCOMPARE(f.exporter.status().droppedSpans, 2);
        QCOMPARE(f.exporter.status().waiting, 0);
    }

    void otherSettingsAreTriedAtOnce()
    {
        Fixture f;
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
        Fixture f;
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

    void theEndSendsWhatWaits()
    {
        Fixture f;
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
        Fixture f;
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
        Fixture f;
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
        Fixture f;
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

private:
    // Its warnings are what another test is about.
    static void muted(const std::function<void()> &action)
    {
        QLoggingCategory::setFilterRules(QStringLiteral("lunargate.telemetry=false"));
        action();
        QLoggingCategory::setFilterRules({});
    }
};

QTEST_GUILESS_MAIN(TelemetryExporterTest)
#include "tst_telemetry_exporter.moc"
