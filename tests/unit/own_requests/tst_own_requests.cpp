// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/own_requests/own_requests.h"

#include "gateway/async/event.h"
#include "tests/unit/http/recording_handler.h"

#include <QSignalSpy>
#include <QTest>

#include <atomic>

using namespace lunargate;
using namespace lunargate::test;
using namespace std::chrono_literals;

namespace {

HttpRequest requestTo(const QByteArray &target)
{
    HttpRequest request;
    request.method = "POST";
    request.target = target;
    return request;
}

Task<> answerNever(RecordingHandler &, Exchange &)
{
    co_await SleepUntil(kNever);
}

Task<> answerInPieces(RecordingHandler &, Exchange &exchange)
{
    exchange.response.setHeader("X-LunarGate-Request-ID", "id-1");
    exchange.response.startStream(200, "text/event-stream");
    exchange.response.write("one");
    co_await SleepUntil(Clock::now() + 20ms);
    exchange.response.write("two");
    exchange.response.finishStream();
}

} // namespace

/// What the program asks of itself, in a thread of its own.
class OwnRequestsTest : public QObject
{
    Q_OBJECT

private:
    OwnRequests::HandlerFactory handler(RecordingHandler::Answer answer)
    {
        return [this, answer] {
            ++m_handlers;
            auto made = std::make_unique<RecordingHandler>(answer);
            m_handler = made.get();
            return made;
        };
    }

private Q_SLOTS:
    void init()
    {
        QTest::failOnWarning();
        m_handlers = 0;
        m_handler = nullptr;
    }

    void startsNoThreadBeforeItIsNeeded()
    {
        const OwnRequests requests(handler(&RecordingHandler::answerTarget));
        QCOMPARE(m_handlers.load(), 0);
    }

    void wholeAnswersCome()
    {
        OwnRequests requests(handler(&RecordingHandler::answerTarget));
        const std::unique_ptr<OwnCall> one = requests.send(requestTo("/one"));
        const std::unique_ptr<OwnCall> two = requests.send(requestTo("/two"));
        QCOMPARE(bodyOf(*one), "/one");
        QCOMPARE(bodyOf(*two), "/two");
        QCOMPARE(m_last.status, 200);
        QCOMPARE(m_last.contentType, "text/plain");
        QVERIFY(m_last.firstByteAt && *m_last.firstByteAt <= *m_last.endedAt);
        QCOMPARE(m_handlers.load(), 1);
    }

    void streamsComeInPieces()
    {
        OwnRequests requests(handler(&answerInPieces));
        const std::unique_ptr<OwnCall> call = requests.send(requestTo("/"));
        OwnProgress first;
        QVERIFY(QTest::qWaitFor([&] {
            first = call->take();
            return !first.body.isEmpty();
        }));
        QCOMPARE(first.status, 200);
        QCOMPARE(first.requestId, "id-1");
        QVERIFY(first.body.startsWith("one"));
        QCOMPARE(first.body + bodyOf(*call), "onetwo");
    }

    void cancelledRequestsEndWithoutAnAnswer()
    {
        OwnRequests requests(handler(&answerNever));
        const std::unique_ptr<OwnCall> call = requests.send(requestTo("/"));
        call->cancel();
        call->cancel();
        QCOMPARE(bodyOf(*call), "");
        QCOMPARE(m_last.status, 0);
    }

    void destroyingACallCancelsIt()
    {
        OwnRequests requests(handler(&answerNever));
        requests.send(requestTo("/gone"));
        const std::unique_ptr<OwnCall> call = requests.send(requestTo("/stays"));
        call->cancel();
        QCOMPARE(bodyOf(*call), ""); // what came before it is over, too
        QCOMPARE(m_handler.load()->running, 0);
    }

    void afterTheStopItIsSaidWhy()
    {
        OwnRequests requests(handler(&answerNever));
        const std::unique_ptr<OwnCall> running = requests.send(requestTo("/"));
        const QSignalSpy stopped(&requests, &OwnRequests::stopped);
        requests.stop(50ms);
        const std::unique_ptr<OwnCall> late = requests.send(requestTo("/"));
        QCOMPARE(bodyOf(*late), "shutting_down");
        QCOMPARE(m_last.status, 503);
        bodyOf(*running);
        QVERIFY(m_last.endedAt.has_value());
        QTRY_COMPARE(stopped.size(), 1);
    }

    void whatRunsMayFinishAfterTheStop()
    {
        OwnRequests requests(handler(&answerInPieces));
        const QSignalSpy stopped(&requests, &OwnRequests::stopped);
        const std::unique_ptr<OwnCall> call = requests.send(requestTo("/"));
        requests.stop(10s);
        requests.stop(10s); // who asks twice is told once
        QCOMPARE(bodyOf(*call), "onetwo");
        QTRY_COMPARE(stopped.size(), 1);
    }

    void nothingIsWaitedForWhereNothingRuns()
    {
        OwnRequests requests(handler(&answerNever));
        QSignalSpy stopped(&requests, &OwnRequests::stopped);
        requests.stop(0ms);
        QVERIFY(stopped.wait());
        const std::unique_ptr<OwnCall> late = requests.send(requestTo("/"));
        QCOMPARE(bodyOf(*late), "shutting_down");
        QCOMPARE(stopped.size(), 1);
    }

    void destroyingAllEndsWhatRuns()
    {
        auto requests = std::make_unique<OwnRequests>(handler(&answerNever));
        auto call = requests->send(requestTo("/"));
        QTRY_VERIFY(m_handler.load());
        requests.reset();
        QVERIFY(call->take().endedAt);
        call.reset(); // may go later
    }

private:
    /// All that still comes.
    QByteArray bodyOf(OwnCall &call)
    {
        QByteArray body;
        const bool hasEnded = QTest::qWaitFor([&] {
            m_last = call.take();
            body += m_last.body;
            return m_last.endedAt.has_value();
        });
        return hasEnded ? body : "does not end";
    }

    std::atomic<int> m_handlers = 0;
    std::atomic<RecordingHandler *> m_handler = nullptr;
    OwnProgress m_last;
};

QTEST_GUILESS_MAIN(OwnRequestsTest)
#include "tst_own_requests.moc"
