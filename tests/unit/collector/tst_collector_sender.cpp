// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/collector/collector_sender.h"
#include "tests/support/json_path.h"
#include "tests/support/wait.h"
#include "tests/unit/pipeline/scripted_transport.h"

#include <QJsonArray>
#include <QLoggingCategory>
#include <QProcess>
#include <QRegularExpression>
#include <QTest>

#include <set>

using namespace lunargate;
using namespace std::chrono_literals;
using test::jsonAt;
using test::Script;
using test::ScriptedTransport;
using test::waitUntil;
using Wake = CollectorQueue::Wake;

namespace {

constexpr CollectorQueue::Limits kPlenty{.requests = 1'000'000, .bytes = 1LL << 40};
constexpr CollectorQueue::Limits kBatch{.requests = 10, .bytes = 1LL << 40};

Task<> done()
{
    co_return;
}

Task<> untilEvent(Event &event)
{
    co_await event.wait();
}

DataSharingConfig settings()
{
    DataSharingConfig config;
    config.enabled = true;
    config.apiKey = SecretString("lgw_test_key");
    config.backendUrl = "http://collector.test/v1";
    return config;
}

/// A collector that does what the test says, in a time that passes only where the sender waits.
struct Fixture
{
    explicit Fixture(CollectorQueue::Limits most = kPlenty) : queue(most, kBatch) {}

    CollectorWorld world()
    {
        return {.makeTransport = [this] { return std::make_unique<Answering>(*this); },
                .now = [this] { return now; },
                .pause = [this](Event &event, TimePoint until) -> Task<> {
                    pauses.push_back(std::chrono::floor<std::chrono::milliseconds>(until - now));
                    if (isTimeStill)
                        return untilEvent(event);
                    passTo(until);
                    return done();
                },
                .random = [] { return 0.5; },
                .linger = 1ms};
    }

    void add(int number)
    {
        CollectedRequest request;
        request.record.requestId = QByteArray::number(number);
        queue.add(std::move(request));
    }

    void passTo(TimePoint time)
    {
        while (perSecond > 0 && nextAt <= time) {
            add(added++);
            nextAt += std::chrono::nanoseconds(1s) / perSecond;
        }
        now = time;
    }

    /// The requests that the collector took; each must come once.
    std::set<QByteArray> received() const
    {
        std::set<QByteArray> ids;
        for (const QByteArray &body : taken) {
            for (const QJsonValue event : jsonAt(body, "events").toArray()) {
                const QByteArray id = event[u"data"][u"request_id"].toString().toUtf8();
                if (!ids.insert(id).second)
                    qWarning() << "came twice:" << id;
            }
        }
        return ids;
    }

    class Answering : public Transport
    {
    public:
        explicit Answering(Fixture &fixture) : m_fixture(fixture) {}
        std::unique_ptr<UpstreamCall> send(UpstreamRequest request) override
        {
            const Script script = m_fixture.answer();
            const auto *head = std::get_if<UpstreamHead>(&script.steps.front());
            if (head && head->status == 200)
                m_fixture.taken.push_back(request.body);
            m_fixture.requests.push_back(request);
            m_once = std::make_unique<ScriptedTransport>(std::deque<Script>{script});
            return m_once->send(std::move(request));
        }

    private:
        Fixture &m_fixture;
        std::unique_ptr<ScriptedTransport> m_once;
    };

    TimePoint now{1h};
    bool isTimeStill = false;
    int perSecond = 0; ///< requests that come while time passes
    TimePoint nextAt = now;
    int added = 0;
    std::function<Script()> answer = [] { return Script(200); };
    std::vector<UpstreamRequest> requests;
    std::vector<QByteArray> taken;
    std::vector<std::chrono::milliseconds> pauses;
    CollectorQueue queue;
    CollectorSender sender{queue, world()};
};

} // namespace

/// Batches, tries, waiting and the end.
class CollectorSenderTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void postsToTheCollector()
    {
        Fixture f;
        f.sender.apply(settings());
        f.add(1);
        f.sender.wake(Wake::Now);
        QCOMPARE(f.requests.size(), 1u);
        const UpstreamRequest &request = f.requests.front();
        QCOMPARE(request.method, QByteArray("POST"));
        QCOMPARE(request.url, QUrl(QStringLiteral("http://collector.test/v1/collector")));
        QCOMPARE(request.headers.value("Authorization"), QByteArray("Bearer lgw_test_key"));
        QCOMPARE(request.headers.value("Content-Type"), QByteArray("application/json"));
        QVERIFY(!request.headers.contains("Content-Encoding"));
        QCOMPARE(f.received(), std::set<QByteArray>{"1"});
        QCOMPARE(f.sender.sent(), 1);
    }

    void compressesWhereThatIsWanted()
    {
        Fixture f;
        DataSharingConfig config = settings();
        config.compress = true;
        f.sender.apply(config);
        f.add(1);
        f.sender.wake(Wake::Now);
        QCOMPARE(f.requests.front().headers.value("Content-Encoding"), QByteArray("gzip"));
        QProcess gunzip;
        gunzip.start(QStringLiteral("gzip"), {QStringLiteral("-dc")});
        gunzip.write(f.requests.front().body);
        gunzip.closeWriteChannel();
        QVERIFY(gunzip.waitForFinished());
        QCOMPARE(gunzip.exitCode(), 0);
        QCOMPARE(test::textAt(gunzip.readAllStandardOutput(), "events.0.data.request_id"), QByteArray("1"));
    }

    void waitsForABatchOrForTime()
    {
        Fixture f;
        f.sender.apply(settings());
        for (int i = 0; i < 25; ++i)
            f.add(i);
        f.sender.wake(Wake::Now);
        QCOMPARE(f.requests.size(), 2u); // 10 and 10; the rest waits for more
        QCOMPARE(f.queue.size(), 5u);
        QVERIFY(waitUntil([&] { return f.requests.size() == 3; }));
        QCOMPARE(f.received().size(), 25u);
        f.add(25);
        f.sender.wake(Wake::Soon);
        QCOMPARE(f.requests.size(), 3u);
        QVERIFY(waitUntil([&] { return f.requests.size() == 4; }));
    }

    void tenMinutesWithoutTheCollectorLoseNothing()
    {
        Fixture f;
        f.perSecond = 15;
        const TimePoint backAt = f.now + 10min;
        f.answer = [&] {
            static constexpr int kStatuses[] = {503, 429, 500};
            if (f.now >= backAt)
                return Script(200);
            return f.requests.size() % 4 == 3
                       ? Script::failing(
                             {.kind = ErrorKind::UpstreamTransport, .reason = "connect_error", .message = {}})
                       : Script(kStatuses[f.requests.size() % 4]);
        };
        muted([&] {
            f.sender.apply(settings());
            f.add(f.added++);
            f.sender.wake(Wake::Now);
        });
        QVERIFY(f.now >= backAt);
        f.perSecond = 0;
        QVERIFY(f.added > 15 * 600);
        QVERIFY(waitUntil([&] { return f.sender.sent() == f.added; }));
        QCOMPARE(f.received().size(), size_t(f.added));
        QCOMPARE(f.queue.dropped(), 0);
        QCOMPARE(f.sender.failed(), 0);
        QVERIFY(f.sender.attempts() < f.added / 10 + 30); // no hail of tries
    }

    void beyondTheBoundTheNewestAreDroppedAndCounted()
    {
        Fixture f({.requests = 1000, .bytes = 1LL << 40});
        f.perSecond = 15;
        const TimePoint backAt = f.now + 10min;
        f.answer = [&] { return Script(f.now >= backAt ? 200 : 503); };
        muted([&] {
            f.sender.apply(settings());
            f.add(f.added++);
            f.sender.wake(Wake::Now);
        });
        f.perSecond = 0;
        QVERIFY(waitUntil([&] { return f.queue.size() == 0 && f.sender.beingSent() == 0; }));
        QVERIFY(f.queue.dropped() > 7000);
        QCOMPARE(f.sender.sent() + f.queue.dropped(), qint64(f.added));
        QVERIFY(f.received().contains("0"));
        QVERIFY(f.received().contains("999"));
    }

    void waitsLongerAndAsLongAsAsked()
    {
        Fixture f;
        const std::vector<Script> scripts = {Script(503), Script(503), Script(429, {{"Retry-After", "40"}}),
                                             Script(200)};
        f.answer = [&] { return scripts[f.requests.size()]; };
        muted([&] {
            f.sender.apply(settings());
            f.add(1);
            f.sender.wake(Wake::Now);
        });
        QCOMPARE(f.pauses, (std::vector<std::chrono::milliseconds>{500ms, 1s, 40s}));
        QCOMPARE(f.received().size(), 1u);
    }

    void aWrongKeyIsNotTriedAgain()
    {
        Fixture f;
        f.answer = [] { return Script(401); };
        f.sender.apply(settings());
        const QRegularExpression hint(QStringLiteral("refused the key; check data_sharing.api_key"));
        QTest::ignoreMessage(QtWarningMsg, hint);
        for (int i = 0; i < 20; ++i)
            f.add(i);
        f.sender.wake(Wake::Now); // two batches: the hint comes once
        QCOMPARE(f.requests.size(), 2u);
        QCOMPARE(f.sender.failed(), 20);
        f.now += 31s;
        QTest::ignoreMessage(QtWarningMsg, hint);
        f.add(20);
        f.sender.wake(Wake::Now);
        QCOMPARE(f.requests.size(), 3u);
        QVERIFY(f.pauses.empty());
    }

    void otherSettingsAreTriedAtOnce()
    {
        Fixture f;
        f.isTimeStill = true;
        f.answer = [&] { return Script(f.requests.empty() ? 503 : 200); };
        muted([&] {
            f.sender.apply(settings());
            f.add(1);
            f.sender.wake(Wake::Now);
            QCOMPARE(f.requests.size(), 1u);
            DataSharingConfig other = settings();
            other.backendUrl = "http://other.test";
            f.sender.apply(other);
        });
        QCOMPARE(f.requests.size(), 2u);
        QCOMPARE(f.requests[1].url, QUrl(QStringLiteral("http://other.test/collector")));
        QCOMPARE(f.sender.sent(), 1);
    }

    void withoutSharingWhatWaitsIsForgotten()
    {
        Fixture f;
        f.isTimeStill = true;
        f.answer = [] { return Script(503); };
        muted([&] {
            f.sender.apply(settings());
            for (int i = 0; i < 15; ++i)
                f.add(i);
            f.sender.wake(Wake::Now);
            DataSharingConfig off = settings();
            off.enabled = false;
            f.sender.apply(off);
        });
        QCOMPARE(f.requests.size(), 1u);
        QCOMPARE(f.queue.size(), 0u);
        QCOMPARE(f.queue.dropped(), 5);
        QCOMPARE(f.sender.failed(), 10);
    }

    void theEndSendsWhatWaits()
    {
        Fixture f;
        f.sender.apply(settings());
        for (int i = 0; i < 25; ++i)
            f.add(i);
        bool isClosed = false;
        f.sender.close(Clock::now() + 10s, [&] { isClosed = true; });
        QVERIFY(waitUntil([&] { return isClosed; }));
        QCOMPARE(f.received().size(), 25u);
        QCOMPARE(f.requests.size(), 3u);
    }

    void theEndWaitsForNoCollectorThatIsNotThere()
    {
        Fixture f;
        f.isTimeStill = true;
        f.answer = [] { return Script(503); };
        bool isClosed = false;
        muted([&] {
            f.sender.apply(settings());
            for (int i = 0; i < 25; ++i)
                f.add(i);
            f.sender.wake(Wake::Now);
            QCOMPARE(f.requests.size(), 1u);
            f.sender.close(Clock::now() + 10min, [&] { isClosed = true; });
            QVERIFY(waitUntil([&] { return isClosed; }));
        });
        QCOMPARE(f.requests.size(), 2u); // it had its chance
        QCOMPARE(f.sender.failed(), 25);
    }

    void theEndHasADeadline()
    {
        Fixture f;
        f.answer = [] { return Script::silent(); };
        f.sender.apply(settings());
        f.add(1);
        f.sender.wake(Wake::Now);
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("could not be told of everything")));
        bool isClosed = false;
        const TimePoint begin = Clock::now();
        f.sender.close(begin + 50ms, [&] { isClosed = true; });
        QVERIFY(waitUntil([&] { return isClosed; }));
        QVERIFY(Clock::now() - begin < 5s);
        QCOMPARE(f.sender.failed(), 1);
        QCOMPARE(f.sender.beingSent(), 0);
    }

private:
    // Its warnings are what another test is about.
    static void muted(const std::function<void()> &action)
    {
        QLoggingCategory::setFilterRules(QStringLiteral("lunargate.collector=false"));
        action();
        QLoggingCategory::setFilterRules({});
    }
};

QTEST_GUILESS_MAIN(CollectorSenderTest)
#include "tst_collector_sender.moc"
