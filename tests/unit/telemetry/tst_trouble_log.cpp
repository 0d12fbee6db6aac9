// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/telemetry/trouble_log.h"

#include <QRegularExpression>
#include <QTest>

using namespace lunargate;
using namespace std::chrono_literals;
using Step = DeliveryDecision::Step;

namespace {

/// Every line that is not expected fails the test, also an information.
struct Fixture
{
    void expect(QtMsgType type, const char *text)
    {
        QTest::ignoreMessage(type, QRegularExpression(QString::fromLatin1(text)));
    }
    void fail(int status) { note(status, Step::Retry); }
    void succeed() { note(200, Step::Done); }
    void note(int status, Step step) { log.note({.status = status}, {.step = step}, {}, {}, now); }

    TroubleLog log{"traces"};
    TimePoint now{1h};
};

} // namespace

/// How often the log is told that the collector is in trouble.
class TroubleLogTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void tellsEvery30SecondsWhateverItIs()
    {
        Fixture f;
        f.expect(QtWarningMsg, "did not take data.*503");
        f.fail(503);
        for (int i = 0; i < 29; ++i) {
            f.now += 1s;
            f.fail(i % 2 == 0 ? 429 : 503);
        }
        f.now += 1s;
        f.expect(QtWarningMsg, "did not take data.*429");
        f.fail(429);
    }

    void isOverOnlyAfterAWhile()
    {
        Fixture f;
        f.expect(QtWarningMsg, "did not take data");
        f.fail(503);
        for (int i = 0; i < 5; ++i) { // it comes and goes
            f.now += 2s;
            f.succeed();
            f.now += 2s;
            f.fail(503);
        }
        f.now += 29s;
        f.expect(QtWarningMsg, "did not take data");
        f.fail(503);
        f.now += 30s;
        f.expect(QtInfoMsg, "takes data again");
        f.succeed();
        f.now += 1s;
        f.succeed();
        f.expect(QtWarningMsg, "did not take data");
        f.fail(503);
    }
};

QTEST_APPLESS_MAIN(TroubleLogTest)
#include "tst_trouble_log.moc"
