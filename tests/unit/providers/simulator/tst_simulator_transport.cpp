// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/async/task_runner.h"
#include "gateway/async/timer.h"
#include "gateway/providers/simulator/simulator_transport.h"

#include <QTest>

using namespace lunargate;

namespace {

// Far beyond what a test waits, so that what needs it has plainly not happened.
constexpr milliseconds kLong = 10min;
// What a busy machine may take on top of a configured time.
constexpr milliseconds kPatience = 4s;

const QByteArray kHello = R"({"model":"m","messages":[{"role":"user","content":"hello"}]})";
const QByteArray kStream = R"({"model":"m","stream":true,"messages":[{"role":"user","content":"hello"}]})";

Task<> takeHead(UpstreamCall *call, TimePoint deadline, std::optional<Result<UpstreamHead>> *head)
{
    *head = co_await call->head(deadline);
}

Task<> takeChunk(UpstreamCall *call, TimePoint deadline, std::optional<Result<QByteArray>> *chunk)
{
    *chunk = co_await call->read(deadline);
}

/// One call and whoever waits for it.
struct Client
{
    std::unique_ptr<UpstreamCall> call;
    std::optional<Result<UpstreamHead>> head = {};
    std::optional<Result<QByteArray>> chunk = {};
    TaskRunner runner = {}; // goes before the call

    void startHead(TimePoint deadline = kNever)
    {
        runner.start(takeHead(call.get(), deadline, &head), [](std::exception_ptr) {});
    }
    void startRead(TimePoint deadline = kNever)
    {
        chunk.reset();
        runner.start(takeChunk(call.get(), deadline, &chunk), [](std::exception_ptr) {});
    }
    bool waitForHead()
    {
        startHead();
        return QTest::qWaitFor([this] { return head.has_value(); }) && head->has_value();
    }
    /// False at the end of the body, after a failure, and if nothing comes.
    bool waitForChunk(TimePoint deadline = kNever)
    {
        startRead(deadline);
        return QTest::qWaitFor([this] { return chunk.has_value(); }) && chunk->has_value() && !(*chunk)->isEmpty();
    }
    QByteArray failure() const { return chunk && !*chunk ? chunk->error().reason : QByteArray(); }
};

Client makeClient(const SimulatorConfig &config, const QByteArray &body)
{
    SimulatorTransport transport(config, {"m"}, std::make_shared<simulator::FaultSequence>(config.statuses));
    UpstreamRequest request;
    request.url = QUrl(QStringLiteral("http://simulator/v1/chat/completions"));
    request.body = body;
    return {transport.send(std::move(request))};
}

} // namespace

class TestSimulatorTransport : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }
    void cleanup() { QCOMPARE(TimerQueue::current().size(), 0); }

    void deliversAStream()
    {
        Client client = makeClient({.answerTokens = 10}, kStream);
        QVERIFY(client.waitForHead());
        QCOMPARE((*client.head)->status, 200);
        QByteArray body;
        int chunks = 0;
        for (; client.waitForChunk(); ++chunks)
            body += **client.chunk;
        QCOMPARE(client.failure(), "");
        QCOMPARE(chunks, 1 + 10 + 1 + 1);
        QVERIFY(body.startsWith("data: {"));
        QVERIFY(body.endsWith("data: [DONE]\n\n"));
    }

    void deliversABodyInOnePiece()
    {
        Client client = makeClient({}, kHello);
        QVERIFY(client.waitForHead());
        QVERIFY(client.waitForChunk());
        QVERIFY((*client.chunk)->endsWith("}"));
        QVERIFY(!client.waitForChunk());
        QCOMPARE(client.failure(), "");
    }

    void waitsForLatency()
    {
        const TimePoint start = Clock::now();
        Client client = makeClient({.latency = 60ms}, kHello);
        QVERIFY(client.waitForHead());
        const auto elapsed = Clock::now() - start;
        QVERIFY(elapsed >= 60ms && elapsed < 60ms + kPatience);
    }

    void headMissesItsDeadline()
    {
        Client client = makeClient({.latency = kLong}, kHello);
        const TimePoint start = Clock::now();
        client.startHead(start + 40ms);
        QTRY_VERIFY(client.head.has_value());
        QVERIFY(Clock::now() - start >= 40ms);
        QVERIFY(!*client.head);
        QCOMPARE(client.head->error().kind, ErrorKind::UpstreamTimeout);
        QCOMPARE(client.head->error().reason, "header_timeout");
    }

    void contentWaitsForTheFirstTokenButTheRoleDoesNot()
    {
        Client client = makeClient({.timeToFirstToken = 80ms}, kStream);
        const TimePoint start = Clock::now();
        QVERIFY(client.waitForHead());
        QVERIFY(client.waitForChunk());
        QVERIFY((*client.chunk)->contains("\"role\""));
        QVERIFY(client.waitForChunk());
        QVERIFY((*client.chunk)->contains("\"content\""));
        const auto elapsed = Clock::now() - start;
        QVERIFY(elapsed >= 80ms && elapsed < 80ms + kPatience);
    }

    void readMissesItsDeadline()
    {
        Client client = makeClient({.timeToFirstToken = kLong}, kStream);
        QVERIFY(client.waitForHead());
        QVERIFY(client.waitForChunk());
        const TimePoint start = Clock::now();
        QVERIFY(!client.waitForChunk(start + 40ms));
        QVERIFY(Clock::now() - start >= 40ms);
        QCOMPARE(client.failure(), "read_timeout");
        QCOMPARE(client.chunk->error().kind, ErrorKind::UpstreamTimeout);
    }

    void pacesTokens_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::addRow("stream") << kStream;
        QTest::addRow("one piece") << kHello;
    }
    void pacesTokens()
    {
        QFETCH(QByteArray, body);
        // The first token comes at once, and 20 more 10 ms apart.
        Client client = makeClient({.tokensPerSecond = 100, .answerTokens = 21}, body);
        const TimePoint start = Clock::now();
        QVERIFY(client.waitForHead());
        while (client.waitForChunk())
            continue;
        QCOMPARE(client.failure(), "");
        const auto elapsed = Clock::now() - start;
        QVERIFY(elapsed >= 200ms && elapsed < 200ms + kPatience);
    }

    void aSlowClientFindsOneChunkWaiting()
    {
        constexpr milliseconds kInterval = 100ms;
        Client client = makeClient({.tokensPerSecond = 10}, kStream);
        QVERIFY(client.waitForHead());
        QVERIFY(client.waitForChunk()); // the role
        QVERIFY(client.waitForChunk()); // the first token
        bool isLater = false;
        Timer pause([&isLater] { isLater = true; });
        pause.start(Clock::now() + 4 * kInterval);
        QTRY_VERIFY(isLater);
        const TimePoint resumed = Clock::now();
        QVERIFY(client.waitForChunk(resumed)); // was ready, so it comes in spite of the deadline
        QVERIFY(client.waitForChunk());
        QVERIFY2(Clock::now() - resumed >= kInterval, "the one after it had been made ahead, too");
    }

    void cutsTheConnection_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<int>("chunks");
        QTest::addRow("stream") << kStream << 3;
        QTest::addRow("one piece") << kHello << 1;
    }
    void cutsTheConnection()
    {
        QFETCH(QByteArray, body);
        Client client = makeClient({.cutAfterChunks = 3}, body);
        QVERIFY(client.waitForHead());
        int chunks = 0;
        while (client.waitForChunk())
            ++chunks;
        QTEST(chunks, "chunks");
        QCOMPARE(client.failure(), "connection_reset");
        QCOMPARE(client.chunk->error().kind, ErrorKind::UpstreamTransport);
    }

    void stallsUntilTheDeadline()
    {
        Client client = makeClient({.stallAfterChunks = 1}, kStream);
        QVERIFY(client.waitForHead());
        QVERIFY(client.waitForChunk());
        const TimePoint start = Clock::now();
        QVERIFY(!client.waitForChunk(start + 40ms));
        QVERIFY(Clock::now() - start >= 40ms);
        QCOMPARE(client.failure(), "read_timeout");
    }

    void transportsShareTheStatuses()
    {
        const SimulatorConfig config{.statuses = {500, 503}};
        const auto statuses = std::make_shared<simulator::FaultSequence>(config.statuses);
        SimulatorTransport first(config, {}, statuses);
        SimulatorTransport second(config, {}, statuses);
        UpstreamRequest request;
        request.url = QUrl(QStringLiteral("http://simulator/v1/chat/completions"));
        request.body = kHello;
        std::vector<int> seen;
        for (SimulatorTransport *transport : {&first, &second, &first}) {
            Client client{transport->send(request)};
            QVERIFY(client.waitForHead());
            seen.push_back((*client.head)->status);
        }
        QCOMPARE(seen, (std::vector<int>{500, 503, 200}));
    }

    void stopsWhereverItIsCancelled_data()
    {
        QTest::addColumn<SimulatorConfig>("config");
        QTest::addColumn<int>("chunks"); // read before; -1: the head has not come
        QTest::addRow("before the head") << SimulatorConfig{.latency = kLong} << -1;
        QTest::addRow("before the body") << SimulatorConfig{} << 0;
        QTest::addRow("before the first token") << SimulatorConfig{.timeToFirstToken = kLong} << 1;
        QTest::addRow("between tokens") << SimulatorConfig{.tokensPerSecond = 0.001} << 2;
        QTest::addRow("while it stalls") << SimulatorConfig{.stallAfterChunks = 3} << 3;
    }
    void stopsWhereverItIsCancelled()
    {
        QFETCH(SimulatorConfig, config);
        QFETCH(int, chunks);
        for (const bool callGoesFirst : {false, true}) {
            {
                Client client = makeClient(config, kStream);
                if (chunks < 0) {
                    client.startHead(Clock::now() + kLong);
                } else {
                    QVERIFY(client.waitForHead());
                    for (int i = 0; i < chunks; ++i)
                        QVERIFY(client.waitForChunk());
                    client.startRead(Clock::now() + kLong);
                }
                QVERIFY(client.runner.isRunning());
                QCOMPARE(TimerQueue::current().size(), 1);
                if (callGoesFirst) {
                    client.call.reset();
                    QCOMPARE(TimerQueue::current().size(), 0);
                }
            }
            QCOMPARE(TimerQueue::current().size(), 0);
        }
    }

    void canBeDroppedUnused()
    {
        Client client = makeClient({.latency = kLong}, kStream);
        QCOMPARE(TimerQueue::current().size(), 0);
        client.call.reset();
    }
};

QTEST_GUILESS_MAIN(TestSimulatorTransport)
#include "tst_simulator_transport.moc"
