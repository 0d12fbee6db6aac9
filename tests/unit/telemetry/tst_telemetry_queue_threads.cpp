// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/telemetry/telemetry_queue.h"

#include <QTest>

#include <atomic>
#include <thread>

using namespace lunargate;
using Wake = TelemetryQueue::Wake;

namespace {

constexpr qint64 kPlenty = 1LL << 40;

TracedRequest withSpans(size_t attempts)
{
    TracedRequest request;
    request.trace = TraceContext{.isSampled = true};
    request.record.attemptRecords.resize(attempts);
    return request;
}

TracedRequest withContent(qsizetype bytes)
{
    TracedRequest request;
    request.content = std::make_unique<TracedContent>();
    request.content->request = QByteArray(bytes, 'x');
    return request;
}

} // namespace

class TelemetryQueueTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void wakesForTheFirstAndForMuch()
    {
        TelemetryQueue queue({.requests = 10, .bytes = kPlenty, .hurry = 3});
        QCOMPARE(queue.add({}), Wake::Soon);
        QCOMPARE(queue.add({}), Wake::Nothing);
        QCOMPARE(queue.add({}), Wake::Now);
        QCOMPARE(queue.add({}), Wake::Nothing);
        QCOMPARE(queue.takeAll().size(), 4u);
        QCOMPARE(queue.size(), 0u);
        QCOMPARE(queue.add({}), Wake::Soon);
    }

    void wakesForManyBytes()
    {
        TelemetryQueue queue(
            {.requests = 10, .bytes = kPlenty, .contentBytes = kPlenty, .hurry = 9, .hurryBytes = 90'000});
        QCOMPARE(queue.add(withContent(40'000)), Wake::Soon);
        QCOMPARE(queue.add(withContent(40'000)), Wake::Nothing);
        QCOMPARE(queue.add(withContent(40'000)), Wake::Now);
        QCOMPARE(queue.add(withContent(40'000)), Wake::Nothing); // somebody was told
    }

    void contentIsLeftOutFirst()
    {
        TelemetryQueue queue({.requests = 10, .bytes = kPlenty, .contentBytes = 50'000, .hurry = 9});
        for (int i = 0; i < 3; ++i)
            queue.add(withContent(30'000));
        const std::vector<TracedRequest> taken = queue.takeAll();
        QCOMPARE(taken.size(), 3u);
        QVERIFY(taken[0].content && !taken[1].content && !taken[2].content);
        QCOMPARE(queue.dropped(), 0);
    }

    void allTextsAreCounted()
    {
        const QByteArray text(10'000, 'x');
        TracedRequest request = withSpans(2);
        const qint64 empty = request.bytes();
        request.trace->state = request.record.path = request.record.model = text;
        request.record.attemptRecords[1].model = text;
        request.parameters.stop = {text};
        QVERIFY(request.bytes() >= empty + 5 * text.size());
    }

    void fewOfThoseThatWereTurnedAwayGetIn()
    {
        TelemetryQueue queue({});
        const TimePoint now = Clock::now();
        int admitted = 0;
        for (int i = 0; i < 200; ++i)
            admitted += queue.admitTurnedAway(now) ? 1 : 0;
        QCOMPARE(admitted, 100);
        QVERIFY(queue.admitTurnedAway(now + std::chrono::minutes(1)));
    }

    void isBoundedByCountAndBytes()
    {
        TelemetryQueue few({.requests = 2, .bytes = kPlenty, .hurry = 100});
        for (int i = 0; i < 5; ++i)
            few.add(withSpans(2));
        QCOMPARE(few.size(), 2u);
        QCOMPARE(few.added(), 5);
        QCOMPARE(few.dropped(), 3);
        QCOMPARE(few.droppedSpans(), 9);

        TelemetryQueue small({.requests = 100, .bytes = 20'000, .hurry = 100});
        TracedRequest large;
        large.record.path = QByteArray(30'000, 'x');
        small.add(std::move(large));
        QCOMPARE(small.dropped(), 1);
        small.add({});
        QCOMPARE(small.size(), 1u);
    }

    void manyThreadsLoseNothing()
    {
        constexpr int kThreads = 4;
        constexpr int kEach = 2000;
        TelemetryQueue queue({.requests = 1'000'000, .bytes = kPlenty, .hurry = 50});
        std::atomic<int> writing = kThreads;
        std::vector<std::jthread> threads;
        for (int i = 0; i < kThreads; ++i) {
            threads.emplace_back([&] {
                for (int n = 0; n < kEach; ++n)
                    queue.add(withSpans(1));
                --writing;
            });
        }
        size_t taken = 0;
        while (writing > 0)
            taken += queue.takeAll().size();
        taken += queue.takeAll().size();
        QCOMPARE(taken, size_t(kThreads) * kEach);
        QCOMPARE(queue.added(), qint64(kThreads) * kEach);
    }
};

QTEST_APPLESS_MAIN(TelemetryQueueTest)
#include "tst_telemetry_queue_threads.moc"
