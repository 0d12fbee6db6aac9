// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/async/event.h"
#include "gateway/async/task_runner.h"
#include "gateway/resilience/concurrency_slots.h"
#include "tests/unit/async/run_task.h"

#include <QTest>

#include <deque>

namespace lunargate {

using test::runTask;
using Slot = ConcurrencySlots::Slot;

class ConcurrencySlotsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void holdsNothingWithoutALimit();
    void letsNoMoreThanTheLimitRun();
    void servesWaitersInTheirOrder();
    void refusesWhenTheQueueIsFull();
    void refusesAfterTheTimeIsOver();
    void keepsAnEarlierDeadline();
    void forgetsWaitersThatGo();
    void handsOnTheSlotOfAWaiterThatDies();
    void takesASlotThatComesWithTheDeadline();
    void letsWaitersGoWhenTheLimitGrows_data();
    void letsWaitersGoWhenTheLimitGrows();
    void countsOldSlotsAfterTheLimitShrank();
    void tellsRunningAndWaiting();
};

namespace {

Config limited(int limit, int queueSize = 100, milliseconds queueTimeout = 1min)
{
    Config config;
    ProviderConfig provider;
    provider.id = "p";
    provider.concurrency = {.limit = limit, .queueSize = queueSize, .queueTimeout = queueTimeout};
    config.providers.push_back(provider);
    return config;
}

/// Requests that ask for a slot and keep it.
class Requests
{
public:
    explicit Requests(ConcurrencySlots &slots) : m_slots(slots) {}

    int start(TimePoint deadline = kNever)
    {
        const int id = int(std::ssize(m_requests));
        Request &request = m_requests.emplace_back();
        request.runner.start(ask(m_slots, deadline, id, &request.outcome, &served), nullptr);
        return id;
    }
    bool hasSlot(int id) const { return outcome(id) && outcome(id)->has_value(); }
    QByteArray refusal(int id) const
    {
        return outcome(id) && !outcome(id)->has_value() ? outcome(id)->error().reason : QByteArray();
    }
    void release(int id) { (*m_requests[size_t(id)].outcome)->release(); }
    void cancel(int id) { m_requests[size_t(id)].runner.cancel(); }

    std::vector<int> served; ///< in the order in which they got their slots

private:
    struct Request
    {
        std::optional<Result<Slot>> outcome;
        TaskRunner runner; // goes first
    };
    static Task<> ask(ConcurrencySlots &slots, TimePoint deadline, int id, std::optional<Result<Slot>> *outcome,
                      std::vector<int> *served)
    {
        Result<Slot> slot = co_await slots.acquire("p", deadline);
        if (slot)
            served->push_back(id);
        outcome->emplace(std::move(slot));
    }
    const std::optional<Result<Slot>> &outcome(int id) const { return m_requests[size_t(id)].outcome; }

    ConcurrencySlots &m_slots;
    std::deque<Request> m_requests;
};

int running(const ConcurrencySlots &slots)
{
    return slots.views().front().running;
}
int waiting(const ConcurrencySlots &slots)
{
    return slots.views().front().waiting;
}

} // namespace

void ConcurrencySlotsTest::holdsNothingWithoutALimit()
{
    ConcurrencySlots slots(limited(0));
    Requests requests(slots);
    for (int i = 0; i < 200; ++i)
        QVERIFY(requests.hasSlot(requests.start()));
    QVERIFY(slots.views().empty());
    QVERIFY(!slots.isFull("p"));
    QVERIFY(!slots.isFull("unknown"));
    QVERIFY(runTask(slots.acquire("unknown"))->has_value());
}

void ConcurrencySlotsTest::letsNoMoreThanTheLimitRun()
{
    ConcurrencySlots slots(limited(2));
    Requests requests(slots);
    for (int i = 0; i < 5; ++i)
        requests.start();
    QVERIFY(requests.hasSlot(0) && requests.hasSlot(1) && !requests.hasSlot(2));
    QCOMPARE(running(slots), 2);
    QCOMPARE(waiting(slots), 3);
    requests.release(1);
    QTRY_VERIFY(requests.hasSlot(2));
    QVERIFY(!requests.hasSlot(3));
    QCOMPARE(running(slots), 2);
}

void ConcurrencySlotsTest::servesWaitersInTheirOrder()
{
    ConcurrencySlots slots(limited(1));
    Requests requests(slots);
    for (int i = 0; i < 20; ++i)
        requests.start();
    for (int i = 0; i < 20; ++i) {
        QTRY_VERIFY(requests.hasSlot(i));
        requests.release(i);
    }
    std::vector<int> expected(20);
    std::ranges::iota(expected, 0);
    QCOMPARE(requests.served, expected);
    QCOMPARE(running(slots), 0);
}

void ConcurrencySlotsTest::refusesWhenTheQueueIsFull()
{
    ConcurrencySlots slots(limited(1, 2));
    Requests requests(slots);
    for (int i = 0; i < 3; ++i) {
        QVERIFY(!slots.isFull("p"));
        requests.start();
    }
    QVERIFY(slots.isFull("p"));
    const std::optional<Result<Slot>> refused = runTask(slots.acquire("p"));
    QVERIFY(refused && !*refused);
    const Error &error = refused->error();
    QCOMPARE(error.kind, ErrorKind::Overloaded);
    QCOMPARE(error.reason, "provider_queue_full");
    QVERIFY(error.retryAfter && *error.retryAfter > 0ms);
    QCOMPARE(error.message,
             "provider 'p' has 1 calls running, which is its limit, and 2 more are waiting; try again later");
    QCOMPARE(slots.views().front().refusedFull, 1U);

    ConcurrencySlots impatient(limited(1, 0));
    Requests others(impatient);
    QVERIFY(others.hasSlot(others.start()));
    QCOMPARE(others.refusal(others.start()), "provider_queue_full");
}

void ConcurrencySlotsTest::refusesAfterTheTimeIsOver()
{
    ConcurrencySlots slots(limited(1, 100, 20ms));
    Requests requests(slots);
    requests.start();
    requests.start();
    QTRY_COMPARE(requests.refusal(1), "provider_queue_timeout");
    QCOMPARE(waiting(slots), 0);
    QCOMPARE(running(slots), 1);
    QCOMPARE(slots.views().front().refusedTimeout, 1U);
    requests.release(0);
    QVERIFY(requests.hasSlot(requests.start()));
}

void ConcurrencySlotsTest::keepsAnEarlierDeadline()
{
    ConcurrencySlots slots(limited(1));
    Requests requests(slots);
    requests.start();
    requests.start(Clock::now() + 10ms);
    QTRY_COMPARE(requests.refusal(1), "request_timeout");
    QCOMPARE(slots.views().front().refusedTimeout, 0U); // the provider's queue is not to blame
}

void ConcurrencySlotsTest::forgetsWaitersThatGo()
{
    ConcurrencySlots slots(limited(1));
    Requests requests(slots);
    for (int i = 0; i < 4; ++i)
        requests.start();
    requests.cancel(1);
    requests.cancel(3);
    QTRY_COMPARE(waiting(slots), 1);
    requests.release(0);
    QTRY_VERIFY(requests.hasSlot(2));
    QCOMPARE(running(slots), 1);
}

void ConcurrencySlotsTest::handsOnTheSlotOfAWaiterThatDies()
{
    ConcurrencySlots slots(limited(1));
    Requests requests(slots);
    for (int i = 0; i < 3; ++i)
        requests.start();
    requests.cancel(1);  // goes when the event loop runs
    requests.release(0); // and until then it is the next one
    QCOMPARE(waiting(slots), 1);
    QTRY_VERIFY(requests.hasSlot(2));
    QVERIFY(!requests.hasSlot(1));
    QCOMPARE(running(slots), 1);
    QCOMPARE(waiting(slots), 0);
}

void ConcurrencySlotsTest::takesASlotThatComesWithTheDeadline()
{
    ConcurrencySlots slots(limited(1));
    Requests requests(slots);
    requests.start();
    requests.start(Clock::now() + 5ms);
    QTest::qSleep(10);   // the deadline is over, but nobody has looked yet
    requests.release(0); // and now the slot is its own
    QTRY_VERIFY(requests.hasSlot(1));
    requests.release(1);
    QCOMPARE(running(slots), 0);
}

void ConcurrencySlotsTest::letsWaitersGoWhenTheLimitGrows_data()
{
    QTest::addColumn<Config>("next");
    QTest::addColumn<int>("served");
    QTest::newRow("a higher limit") << limited(3) << 3;
    QTest::newRow("no limit") << limited(0) << 5;
    QTest::newRow("provider gone") << Config() << 5;
    QTest::newRow("a shorter queue") << limited(1, 1) << 1;
}

void ConcurrencySlotsTest::letsWaitersGoWhenTheLimitGrows()
{
    QFETCH(const Config, next);
    QFETCH(const int, served);
    ConcurrencySlots slots(limited(1));
    Requests requests(slots);
    for (int i = 0; i < 5; ++i)
        requests.start();
    slots.configure(next);
    QTRY_COMPARE(int(std::ssize(requests.served)), served);
    for (int i = 0; i < 5; ++i) {
        QTRY_VERIFY(requests.hasSlot(i));
        requests.release(i);
    }
}

void ConcurrencySlotsTest::countsOldSlotsAfterTheLimitShrank()
{
    ConcurrencySlots slots(limited(3));
    Requests requests(slots);
    for (int i = 0; i < 3; ++i)
        requests.start();
    slots.configure(limited(0));
    slots.configure(limited(1));
    QCOMPARE(running(slots), 3);
    const int waiter = requests.start();
    requests.release(0);
    requests.release(1);
    QCoreApplication::processEvents();
    QVERIFY(!requests.hasSlot(waiter));
    requests.release(2);
    QTRY_VERIFY(requests.hasSlot(waiter));
    QCOMPARE(running(slots), 1);
}

void ConcurrencySlotsTest::tellsRunningAndWaiting()
{
    ConcurrencySlots slots(limited(1));
    Requests requests(slots);
    requests.start();
    requests.start();
    const ConcurrencySlots::View view = slots.views().front();
    QCOMPARE(view.provider, "p");
    QCOMPARE(view.limit, 1);
    QCOMPARE(view.running, 1);
    QCOMPARE(view.waiting, 1);
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::ConcurrencySlotsTest)
#include "tst_concurrency_slots.moc"
