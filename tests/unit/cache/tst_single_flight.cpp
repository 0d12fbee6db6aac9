// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/cache/single_flight.h"
#include "tests/unit/cache/cached_answers.h"

#include <QTest>

#include <deque>

using namespace std::chrono_literals;

namespace lunargate {

using test::answerOf;
using test::keyOf;

/// Who leads, who waits, and who wakes whom, in every order.
class SingleFlightTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void theFirstLeadsAtOnce();
    void othersWaitForItsAnswer();
    void keysAreApart();
    void theNextOneLeadsWhenTheLeaderLeaves();
    void aFollowerThatLeftIsPassedOver();
    void aFollowerThatWasToldToLeadMayLeave();
    void aFollowerThatWasAnsweredMayLeave();
    void afterAFailureOneTriesAgain();
    void afterTheSecondFailureNobodyWaits();
    void departuresAreNoFailures();
    void aFollowerWaitsNoLongerThanItsDeadline();
    void moreFollowersThanFitGoByThemselves();
    void beginsAnewAfterTheEnd();
    void aMovedLeadSpeaksOnce();
};

namespace {

/// A request: what join() told it, and the lead while it has it.
class Request
{
public:
    explicit Request(SingleFlight &flights, QByteArrayView name = "k", TimePoint deadline = kNever)
        : m_runner(std::make_unique<TaskRunner>())
    {
        m_runner->start(run(this, flights.join(keyOf(name), deadline)), nullptr);
    }
    Request(const Request &) = delete;
    Request &operator=(const Request &) = delete;

    bool leads() const { return m_turn && m_turn->lead; }
    bool waits() const { return !m_turn; }
    bool isAlone() const { return m_turn && !m_turn->lead && !m_turn->answer; }
    QByteArray body() const { return m_turn && m_turn->answer ? m_turn->answer->body : QByteArray(); }

    void succeed(const QByteArray &body) { m_turn->lead->succeed(answerOf(body)); }
    void fail() { m_turn->lead->fail(); }
    /// The client goes, wherever the request is.
    void leave()
    {
        m_runner.reset();
        m_turn.reset();
    }

private:
    static Task<> run(Request *request, Task<SingleFlight::Turn> task)
    {
        request->m_turn.emplace(co_await std::move(task));
    }

    std::optional<SingleFlight::Turn> m_turn;
    std::unique_ptr<TaskRunner> m_runner; // first to go
};

} // namespace

void SingleFlightTest::theFirstLeadsAtOnce()
{
    SingleFlight flights;
    Request first(flights);
    QVERIFY(first.leads());
    QCOMPARE(flights.followers(), 0);
}

void SingleFlightTest::othersWaitForItsAnswer()
{
    SingleFlight flights;
    Request first(flights);
    Request second(flights);
    Request third(flights);
    QVERIFY(second.waits() && third.waits());
    QCOMPARE(flights.followers(), 2);
    first.succeed("A");
    QVERIFY(second.waits()); // not from inside the other's frames
    QTRY_COMPARE(second.body(), "A");
    QTRY_COMPARE(third.body(), "A");
    QCOMPARE(flights.followers(), 0);
}

void SingleFlightTest::keysAreApart()
{
    SingleFlight flights;
    Request a(flights, "a");
    Request b(flights, "b");
    QVERIFY(a.leads() && b.leads());
}

void SingleFlightTest::theNextOneLeadsWhenTheLeaderLeaves()
{
    SingleFlight flights;
    Request first(flights);
    Request second(flights);
    Request third(flights);
    first.leave();
    QTRY_VERIFY(second.leads());
    QVERIFY(third.waits());
    second.succeed("B");
    QTRY_COMPARE(third.body(), "B");
}

void SingleFlightTest::aFollowerThatLeftIsPassedOver()
{
    SingleFlight flights;
    Request first(flights);
    Request second(flights);
    Request third(flights);
    second.leave();
    QCOMPARE(flights.followers(), 1);
    first.leave();
    QTRY_VERIFY(third.leads());
}

void SingleFlightTest::aFollowerThatWasToldToLeadMayLeave()
{
    SingleFlight flights;
    Request first(flights);
    Request second(flights);
    Request third(flights);
    first.leave();
    QVERIFY(second.waits()); // it was told, but did not hear it yet
    second.leave();
    QTRY_VERIFY(third.leads());
    third.leave();
    Request fourth(flights);
    QVERIFY(fourth.leads());
}

void SingleFlightTest::aFollowerThatWasAnsweredMayLeave()
{
    SingleFlight flights;
    Request first(flights);
    Request second(flights);
    Request third(flights);
    first.succeed("A");
    second.leave();
    QTRY_COMPARE(third.body(), "A");
}

void SingleFlightTest::afterAFailureOneTriesAgain()
{
    SingleFlight flights;
    Request first(flights);
    Request second(flights);
    Request third(flights);
    first.fail();
    QTRY_VERIFY(second.leads());
    QVERIFY(third.waits());
    second.succeed("B");
    QTRY_COMPARE(third.body(), "B");
}

void SingleFlightTest::afterTheSecondFailureNobodyWaits()
{
    SingleFlight flights;
    Request first(flights);
    Request second(flights);
    Request third(flights);
    Request fourth(flights);
    first.fail();
    QTRY_VERIFY(second.leads());
    second.fail();
    QTRY_VERIFY(third.isAlone());
    QTRY_VERIFY(fourth.isAlone());
    Request fifth(flights);
    QVERIFY(fifth.leads());
}

void SingleFlightTest::departuresAreNoFailures()
{
    SingleFlight flights;
    std::deque<Request> requests;
    for (int i = 0; i < 6; ++i)
        requests.emplace_back(flights);
    for (size_t i = 0; i < 4; ++i) {
        QTRY_VERIFY(requests[i].leads());
        requests[i].leave();
    }
    QTRY_VERIFY(requests[4].leads());
    requests[4].succeed("A");
    QTRY_COMPARE(requests[5].body(), "A");
}

void SingleFlightTest::aFollowerWaitsNoLongerThanItsDeadline()
{
    SingleFlight flights;
    Request first(flights);
    Request second(flights, "k", Clock::now() + 1ms);
    Request third(flights);
    QTRY_VERIFY(second.isAlone());
    QCOMPARE(flights.followers(), 1);
    first.succeed("A");
    QTRY_COMPARE(third.body(), "A");
    QVERIFY(second.isAlone());
}

void SingleFlightTest::moreFollowersThanFitGoByThemselves()
{
    SingleFlight flights;
    Request first(flights);
    std::deque<Request> followers;
    for (size_t i = 0; i < SingleFlight::kMaxFollowers; ++i)
        followers.emplace_back(flights);
    QVERIFY(followers.back().waits());
    Request tooMany(flights);
    QVERIFY(tooMany.isAlone());
    first.succeed("A");
    QTRY_COMPARE(followers.back().body(), "A");
}

void SingleFlightTest::beginsAnewAfterTheEnd()
{
    SingleFlight flights;
    Request first(flights);
    first.succeed("A");
    Request second(flights);
    QVERIFY(second.leads());
    second.fail();
    Request third(flights);
    Request fourth(flights);
    QVERIFY(third.leads());
    third.fail(); // the failure before was another flight's, as nobody waited
    QTRY_VERIFY(fourth.leads());
}

void SingleFlightTest::aMovedLeadSpeaksOnce()
{
    SingleFlight flights;
    std::optional<SingleFlight::Turn> turn = test::runTask(flights.join(keyOf("k"), kNever));
    QVERIFY(turn && turn->lead);
    Request second(flights);
    std::optional<SingleFlight::Lead> lead(std::move(*turn->lead));
    turn.reset();
    QVERIFY(second.waits());
    lead->succeed(answerOf("A"));
    lead.reset();
    QTRY_COMPARE(second.body(), "A");
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::SingleFlightTest)
#include "tst_single_flight.moc"
