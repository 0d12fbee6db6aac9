// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/remote_control/command_runner.h"

#include "gateway/async/timer.h"
#include "gateway/observability/logging.h"
#include "tests/support/json_path.h"
#include "tests/unit/http/recording_handler.h"

#include <QLoggingCategory>
#include <QRegularExpression>
#include <QTest>
#include <QThread>

using namespace lunargate;
using namespace lunargate::test;
using namespace std::chrono_literals;

namespace {

using Commands = RemoteControlStatus::Commands;

QByteArray command(const QByteArray &id, const QByteArray &request = "{}")
{
    return R"({"type":"sandbox.execute","command_id":")" + id + R"(","target":{},"request":)" + request + "}";
}

/// A runner whose requests are answered as the test says.
struct Fixture
{
    explicit Fixture(RecordingHandler::Answer answer = RecordingHandler::answerTarget,
                     const RemoteControlConfig &limits = {})
        : handler(answer)
    {
        runner.setLimits(limits);
    }

    RecordingHandler handler;
    RemoteControlBoard board;
    QByteArrayList sent;
    std::function<void()> onSend;
    CommandRunner runner{handler, board, "i1", [this](const QByteArray &message) {
                             sent.append(message);
                             if (onSend)
                                 onSend();
                         }};

    int statusOf(int index) const { return jsonAt(sent.value(index), "status_code").toInt(); }
    Commands counts() const { return board.status().commands; }
    int running() const { return board.status().running; }
};

Task<> answerNever(RecordingHandler &, Exchange &)
{
    Event never;
    co_await never.wait();
}

Task<> answerMuch(RecordingHandler &, Exchange &exchange)
{
    exchange.response.send(200, "application/json", '"' + QByteArray(5000, 'x') + '"');
    co_return;
}

Task<> fail(RecordingHandler &, Exchange &exchange)
{
    exchange.response.send(502, "application/json", R"({"error":{}})");
    co_return;
}

Task<> throwSomething(RecordingHandler &, Exchange &)
{
    throw std::runtime_error("broken");
    co_return;
}

void expectInfo(const QByteArray &pattern)
{
    QTest::ignoreMessage(QtInfoMsg, QRegularExpression(QString::fromLatin1(pattern)));
}

/// Says a last word when it is destroyed, as the pipeline does.
Task<> answerWhenCut(RecordingHandler &, Exchange &exchange)
{
    const struct LastWord
    {
        Exchange &exchange;
        ~LastWord()
        {
            if (exchange.cutReason == CutReason::Shutdown)
                exchange.response.send(503, "text/plain", "shutting down");
        }
    } lastWord{exchange};
    Event never;
    co_await never.wait();
}

} // namespace

/// What becomes of commands: each is answered once, within the limits, or cancelled.
class CommandRunnerTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        QTest::failOnWarning();
        QLoggingCategory::setFilterRules(QStringLiteral("lunargate.remote_control.info=false"));
    }

    void runsACommand()
    {
        Fixture f;
        f.runner.take(command("c1", R"({"messages":[]})"));
        QCOMPARE(f.handler.targets, QByteArrayList{"/v1/chat/completions"});
        QCOMPARE(f.handler.bodies, QByteArrayList{R"({"messages":[]})"});
        QCOMPARE(f.sent.size(), 1);
        QCOMPARE(textAt(f.sent[0], "command_id"), QByteArray("c1"));
        QCOMPARE(textAt(f.sent[0], "instance_id"), QByteArray("i1"));
        QCOMPARE(f.statusOf(0), 200);
        QCOMPARE(textAt(f.sent[0], "body"), QByteArray("/v1/chat/completions"));
        QCOMPARE(f.counts().ok, 1);
        QCOMPARE(f.running(), 0);
    }

    void writesOneLineForEach()
    {
        QLoggingCategory::setFilterRules({});
        Fixture f;
        QTest::ignoreMessage(QtInfoMsg, QRegularExpression(QStringLiteral("^remote command command_id=c1 .*"
                                                                          "outcome=ok status=200 .*bytes_in=15 ")));
        f.runner.take(command("c1", R"({"prompt":"hi"})"));
        QTest::ignoreMessage(QtInfoMsg, QRegularExpression(QStringLiteral("^remote command refused command_id=c2 "
                                                                          "type=sandbox.delete status=403 ")));
        f.runner.take(R"({"type":"sandbox.delete","command_id":"c2"})");
    }

    void refusesWhatIsNotAllowed()
    {
        Fixture f;
        f.runner.take(R"({"type":"sandbox.delete","command_id":"c2"})");
        f.runner.take(R"({"type":"sandbox.execute","command_id":"c3"})");
        f.runner.take(R"({"type":"heartbeat"})");
        QCOMPARE(f.board.status().ignored, 0);
        f.runner.take(R"({"type":"config.write","command_id":"c4"})");
        QCOMPARE(f.board.status().ignored, 1);
        QCOMPARE(f.sent.size(), 2);
        QCOMPARE(f.statusOf(0), 403);
        QCOMPARE(jsonAt(f.sent[0], "ok").toBool(true), false);
        QVERIFY(!textAt(f.sent[0], "error").isEmpty());
        QCOMPARE(f.statusOf(1), 400);
        QVERIFY(f.handler.targets.isEmpty());
        QCOMPARE(f.counts().refused, 2);
    }

    void failuresArePassedOn()
    {
        Fixture f(fail);
        f.runner.take(command("c1"));
        QCOMPARE(f.statusOf(0), 502);
        QVERIFY(jsonAt(f.sent[0], "body.error").isObject());
        QCOMPARE(f.counts().failed, 1);
    }

    void anExceptionIsAFailureOfOurs()
    {
        Fixture f(throwSomething);
        f.runner.take(command("c1"));
        QCOMPARE(f.handler.refusals, QByteArrayList{"internal_error"});
        QCOMPARE(f.statusOf(0), 500);
        QCOMPARE(f.counts().failed, 1);
    }

    void runsOnlySoManyAtOnce()
    {
        Fixture f(RecordingHandler::answerLater, {.maxConcurrent = 1});
        f.runner.take(command("c1"));
        f.runner.take(command("c2"));
        QCOMPARE(f.statusOf(0), 429);
        QCOMPARE(textAt(f.sent[0], "command_id"), QByteArray("c2"));
        QCOMPARE(f.running(), 1);
        f.handler.go.notify();
        QCOMPARE(f.statusOf(1), 200);
        f.runner.take(command("c3"));
        f.handler.go.notify();
        QCOMPARE(f.statusOf(2), 200);
        QCOMPARE(f.counts().refused, 1);
        QCOMPARE(f.counts().ok, 2);
    }

    // Or whoever waits for the first would take it for that one's answer.
    void answersNoIdThatIsRunning()
    {
        Fixture f(RecordingHandler::answerLater);
        f.runner.take(command("c1"));
        f.runner.take(command("c1"));
        f.runner.take(R"({"type":"sandbox.delete","command_id":"c1"})");
        QVERIFY(f.sent.isEmpty());
        QCOMPARE(f.counts().refused, 2);
        QCOMPARE(f.running(), 1);
        f.handler.go.notify();
        QCOMPARE(f.sent.size(), 1);
        QCOMPARE(f.statusOf(0), 200);
    }

    void refusesAllWhileItIsHeld()
    {
        Fixture f(RecordingHandler::answerLater);
        f.runner.take(command("c1"));
        f.runner.hold(true);
        f.runner.take(command("c2"));
        QCOMPARE(f.statusOf(0), 429);
        f.handler.go.notify();
        QCOMPARE(f.statusOf(1), 200); // what ran already
        f.runner.hold(false);
        f.runner.take(command("c3"));
        QCOMPARE(f.running(), 1);
    }

    void sumsManyRefusalsUp()
    {
        QLoggingCategory::setFilterRules({});
        Fixture f;
        for (int i = 0; i < BoundedLog::kMostLines; ++i)
            expectInfo("^remote command refused command_id=c" + QByteArray::number(i) + ' ');
        for (int i = 0; i < BoundedLog::kMostLines + 5; ++i)
            f.runner.take(
                QByteArray(R"({"type":"sandbox.delete","command_id":"cN"})").replace("N", QByteArray::number(i)));
        QCOMPARE(f.sent.size(), BoundedLog::kMostLines + 5);
        expectInfo("^remote command refused more=5$");
    }

    void saysAfterATimeHowManyThereWere()
    {
        QLoggingCategory::setFilterRules({});
        const QRegularExpression line(QStringLiteral("^line n=1$"));
        BoundedLog log("line", 20ms);
        for (int i = 0; i < BoundedLog::kMostLines; ++i)
            QTest::ignoreMessage(QtInfoMsg, line);
        for (int i = 0; i < BoundedLog::kMostLines + 3; ++i)
            log.write({{"n", 1}});
        expectInfo("^line more=3$");
        bool isOver = false;
        Timer after([&] { isOver = true; }); // goes off behind the one of the log
        after.start(Clock::now() + 20ms);
        QTRY_VERIFY(isOver);
        QTest::ignoreMessage(QtInfoMsg, line);
        log.write({{"n", 1}});
    }

    void refusesLargeRequests()
    {
        Fixture f(RecordingHandler::answerTarget, {.maxRequestBytes = 20});
        f.runner.take(command("c1", R"({"a":"123456789012"})")); // 20 bytes
        f.runner.take(command("c2", R"({"a":"1234567890123"})"));
        QCOMPARE(f.statusOf(0), 200);
        QCOMPARE(f.statusOf(1), 413);
        QCOMPARE(f.handler.targets.size(), 1);
    }

    void leavesLargeAnswersOut()
    {
        Fixture f(answerMuch, {.maxAnswerBytes = 5000});
        f.runner.take(command("c1"));
        QCOMPARE(f.statusOf(0), 413);
        QVERIFY(textAt(f.sent[0], "error").contains("max_answer_bytes"));
        QVERIFY(f.sent[0].size() < 1000);
        QCOMPARE(f.counts().failed, 1);
    }

    void endsWhatTakesTooLong()
    {
        Fixture f(answerNever, {.timeout = 1ms});
        f.runner.take(command("c1"));
        QTRY_COMPARE(f.sent.size(), 1);
        QCOMPARE(f.statusOf(0), 504);
        QVERIFY(textAt(f.sent[0], "error").contains("timeout"));
        QCOMPARE(f.handler.running, 0);
        QCOMPARE(f.counts().timedOut, 1);
        QCOMPARE(f.running(), 0);
    }

    void cancelsWhenNobodyIsThere()
    {
        Fixture f(answerNever);
        f.runner.take(command("c1"));
        f.runner.take(command("c2"));
        f.runner.cancelAll();
        QTRY_COMPARE(f.running(), 0);
        QCOMPARE(f.handler.running, 0);
        QCOMPARE(f.counts().cancelled, 2);
        QVERIFY(f.sent.isEmpty());
    }

    void whatEndsWhileItIsCancelledIsNotSent()
    {
        Fixture f(RecordingHandler::answerLater);
        f.runner.take(command("c1"));
        f.runner.cancelAll();
        f.handler.go.notify();
        QCOMPARE(f.counts().cancelled, 1);
        QCoreApplication::processEvents();
        QVERIFY(f.sent.isEmpty());
    }

    // Time and connection are over at the same time: still nobody is there.
    void aTimeoutOfACancelledCommandIsNotSent()
    {
        Fixture f(answerNever, {.timeout = 1ms});
        f.runner.take(command("c1"));
        QThread::msleep(5); // it is over, but the event loop did not say so yet
        f.runner.cancelAll();
        QTRY_COMPARE(f.running(), 0);
        QVERIFY(f.sent.isEmpty());
        QCOMPARE(f.counts().cancelled, 1);
    }

    void sendingMayLoseTheConnection()
    {
        Fixture f(RecordingHandler::answerLater);
        f.onSend = [&] { f.runner.cancelAll(); };
        f.runner.take(command("c1"));
        f.runner.take(R"({"type":"sandbox.delete","command_id":"c2"})"); // its answer is the last that is sent
        QTRY_COMPARE(f.running(), 0);
        QCOMPARE(f.sent.size(), 1);
        f.onSend = [&] { f.runner.cancelAll(); };
        f.runner.take(command("c3"));
        f.handler.go.notify();
        QCOMPARE(f.sent.size(), 2);
        QCOMPARE(f.running(), 0);
    }

    void saysThatTheGatewayEnds()
    {
        Fixture f(answerWhenCut);
        f.runner.take(command("c1"));
        f.runner.take(command("c2"));
        bool hasEnded = false;
        f.runner.cutAll([&] { hasEnded = true; });
        QVERIFY(!hasEnded);
        f.runner.take(command("c3"));
        QCOMPARE(f.statusOf(0), 503);
        QTRY_VERIFY(hasEnded);
        QCOMPARE(f.sent.size(), 3);
        QCOMPARE(textAt(f.sent[1], "body"), QByteArray("shutting down"));
        QCOMPARE(f.statusOf(2), 503);
        QCOMPARE(f.running(), 0);
    }

    void endsAtOnceWhenNothingRuns()
    {
        Fixture f;
        bool hasEnded = false;
        f.runner.cutAll([&] { hasEnded = true; });
        QVERIFY(hasEnded);
    }

    void goesWithWhatRuns()
    {
        RecordingHandler handler(answerNever);
        RemoteControlBoard board;
        {
            CommandRunner runner(handler, board, "i1", [](const QByteArray &) { QFAIL("nobody is there"); });
            runner.setLimits({});
            runner.take(command("c1"));
            QCOMPARE(handler.running, 1);
        }
        QCOMPARE(handler.running, 0);
    }
};

QTEST_GUILESS_MAIN(CommandRunnerTest)
#include "tst_command_runner.moc"
