// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/limits/limit_state.h"

#include <QTest>

using namespace lunargate;

class LimitStateTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void refusesWhatIsNotThere_data();
    void refusesWhatIsNotThere();
    void namesTheLimitThatTakesLongest();
    void isUntouchedWhenAllIsBack();
    void settlesTokens_data();
    void settlesTokens();
};

namespace {

const TimePoint kStart = TimePoint(1000h);

LimitState state(int requestsPerMinute, int burst, int tokensPerMinute, int maxConcurrent)
{
    return LimitState({.requestsPerMinute = requestsPerMinute,
                       .burstSize = burst,
                       .tokensPerMinute = tokensPerMinute,
                       .maxConcurrent = maxConcurrent},
                      kStart);
}

} // namespace

void LimitStateTest::refusesWhatIsNotThere_data()
{
    QTest::addColumn<LimitDemand>("demand");
    QTest::addColumn<int>("refused");     // LimitKind, or -1
    QTest::addColumn<qint64>("waitedMs"); // -1: never
    const auto row = [](const char *name, const LimitDemand &demand, int refused, qint64 waitedMs) {
        QTest::newRow(name) << demand << refused << waitedMs;
    };
    // Of 60 requests a minute one is left, of 600 tokens 100, of 3 places 1.
    row("nothing", {}, -1, 0);
    row("all that is left", {.requests = 1, .places = 1, .tokens = 100}, -1, 0);
    row("a request more", {.requests = 2}, int(LimitKind::Requests), 1000);
    row("a place more", {.requests = 1, .places = 2}, int(LimitKind::Concurrency), 1000);
    row("a token more", {.requests = 1, .places = 1, .tokens = 101}, int(LimitKind::Tokens), 100);
    row("more tokens than there ever are", {.tokens = 601}, int(LimitKind::Tokens), -1);
}

void LimitStateTest::refusesWhatIsNotThere()
{
    QFETCH(const LimitDemand, demand);
    QFETCH(const int, refused);
    QFETCH(const qint64, waitedMs);
    LimitState limits = state(60, 2, 600, 3);
    limits.take({.requests = 1, .places = 2, .tokens = 500}, kStart);
    const std::optional<LimitRefusal> refusal = limits.check(demand, kStart);
    QCOMPARE(refusal ? int(refusal->kind) : -1, refused);
    if (refusal) {
        const auto wait = refusal->retryAfter;
        QCOMPARE(wait ? std::chrono::ceil<std::chrono::milliseconds>(*wait).count() : -1, waitedMs);
    }
    // Asking takes nothing.
    QCOMPARE(limits.view(kStart).requests.remaining, 1);
    QCOMPARE(limits.view(kStart).tokens.remaining, 100);
    QCOMPARE(limits.view(kStart).running, 2);
}

void LimitStateTest::namesTheLimitThatTakesLongest()
{
    LimitState limits = state(1, 1, 600, 1);
    limits.take({.requests = 1, .places = 1, .tokens = 600}, kStart);
    QCOMPARE(limits.check({.requests = 1, .places = 1, .tokens = 1}, kStart)->kind, LimitKind::Requests);
    QCOMPARE(limits.check({.places = 1, .tokens = 600}, kStart)->kind, LimitKind::Tokens);
    QCOMPARE(limits.check({.places = 1, .tokens = 1}, kStart)->kind, LimitKind::Concurrency);
    QCOMPARE(limits.check({.requests = 1, .tokens = 601}, kStart)->kind, LimitKind::Tokens);
}

void LimitStateTest::isUntouchedWhenAllIsBack()
{
    LimitState limits = state(60, 2, 600, 3);
    const LimitDemand demand{.requests = 1, .places = 1, .tokens = 50};
    QVERIFY(limits.isUntouched(kStart));
    limits.take(demand, kStart);
    QVERIFY(!limits.isUntouched(kStart));
    QVERIFY(!limits.isUntouched(kStart + std::chrono::hours(1))); // it still runs
    limits.giveBack(demand, kStart);
    QVERIFY(limits.isUntouched(kStart));
}

void LimitStateTest::settlesTokens_data()
{
    QTest::addColumn<qint64>("used");
    QTest::addColumn<qint64>("remaining"); // 600, of which 200 were reserved
    QTest::newRow("nothing") << qint64(0) << qint64(600);
    QTest::newRow("less") << qint64(50) << qint64(550);
    QTest::newRow("as many") << qint64(200) << qint64(400);
    QTest::newRow("more") << qint64(500) << qint64(100);
    QTest::newRow("more than there are") << qint64(1000) << qint64(-400);
}

void LimitStateTest::settlesTokens()
{
    QFETCH(const qint64, used);
    LimitState limits = state(0, 1, 600, 0);
    limits.take({.tokens = 200}, kStart);
    limits.settleTokens(200, used, kStart);
    QTEST(limits.view(kStart).tokens.remaining, "remaining");
}

QTEST_APPLESS_MAIN(LimitStateTest)
#include "tst_limit_state.moc"
