// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/resilience/circuit_breaker.h"

#include <QTest>

#include <deque>

namespace lunargate {

class CircuitBreakerTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void opensAfterFiveFailuresAndClosesAfterThreeSuccesses();
    void followsTheScript_data();
    void followsTheScript();
    void countsOnlyWhatIsInTheWindow();
    void forgetsProbesThatSayNothing();
    void makesRoomForTheNextProbeWhenAStreamBringsContent();
    void ignoresResultsOfAnEarlierPeriod();
    void keepsTheTimeToHalfOpen();
    void takesOrdersByHand();
    void bringsCallsMadeAnywayIntoTheCount();
};

namespace {

constexpr TimePoint kStart{std::chrono::hours(1000)};
using Verdict = BreakerVerdict;

void call(CircuitBreaker &breaker, Verdict verdict, TimePoint now, int times = 1)
{
    for (int i = 0; i < times; ++i) {
        const auto ticket = breaker.admit(now);
        QVERIFY(ticket);
        breaker.report(*ticket, verdict, now);
    }
}

} // namespace

// The numbers of the reference gateway are the defaults here.
void CircuitBreakerTest::opensAfterFiveFailuresAndClosesAfterThreeSuccesses()
{
    CircuitBreaker breaker{CircuitBreakerConfig()};
    call(breaker, Verdict::Failure, kStart, 4);
    QCOMPARE(breaker.state(kStart), CircuitState::Closed);
    call(breaker, Verdict::Failure, kStart);
    QCOMPARE(breaker.state(kStart), CircuitState::Open);
    QVERIFY(!breaker.admit(kStart));
    QVERIFY(!breaker.admit(kStart + 29'999ms));
    QCOMPARE(breaker.untilHalfOpen(kStart + 10s), 20s);

    const TimePoint later = kStart + 30s;
    QCOMPARE(breaker.state(later), CircuitState::HalfOpen);
    std::deque<CircuitBreaker::Ticket> probes;
    for (int i = 0; i < 3; ++i)
        probes.push_back(breaker.admit(later).value());
    QVERIFY(!breaker.admit(later));
    breaker.report(probes[0], Verdict::Success, later);
    breaker.report(probes[1], Verdict::Success, later);
    QVERIFY(!breaker.admit(later)); // what is under way decides
    QCOMPARE(breaker.state(later), CircuitState::HalfOpen);
    breaker.report(probes[2], Verdict::Success, later);
    QCOMPARE(breaker.state(later), CircuitState::Closed);
    QCOMPARE(breaker.counts(later), RollingCounts::Totals());
}

// Each letter is a call or a wait: f fails, s succeeds, n says nothing, c asks for a pause, w waits 10 s.
void CircuitBreakerTest::followsTheScript_data()
{
    QTest::addColumn<CircuitBreakerConfig>("settings");
    QTest::addColumn<QByteArray>("script");
    QTest::addColumn<CircuitState>("end");
    const CircuitBreakerConfig plain;
    const auto with = [](auto change) {
        CircuitBreakerConfig settings;
        change(settings);
        return settings;
    };
    const auto row = [](const char *name, const CircuitBreakerConfig &settings, const char *script, CircuitState end) {
        QTest::newRow(name) << settings << QByteArray(script) << end;
    };
    row("nothing happened", plain, "", CircuitState::Closed);
    row("successes", plain, "ssssssssss", CircuitState::Closed);
    row("one too few", plain, "ffff", CircuitState::Closed);
    row("enough", plain, "fffff", CircuitState::Open);
    row("not in a row", plain, "fsfsfsfsf", CircuitState::Open);
    row("half of ten", plain, "sssssfffff", CircuitState::Open);
    row("less than half", plain, "ssssssfffff", CircuitState::Closed);
    row("then half after all", plain, "ssssssffffff", CircuitState::Open);
    row("calls that say nothing do not dilute", plain, "nnnnnnnnnnfffff", CircuitState::Open);
    row("nor do they count", plain, "nnnnnnnnnn", CircuitState::Closed);
    row("nor do pauses", plain, "cccccccccc", CircuitState::Closed);
    row("too far apart", plain, "ffwwwwwwwfff", CircuitState::Closed);
    row("just close enough", plain, "ffwwwwwfff", CircuitState::Open);
    row("still resting", plain, "fffffww", CircuitState::Open);
    row("rested", plain, "fffffwww", CircuitState::HalfOpen);
    row("two probes of three", plain, "fffffwwwss", CircuitState::HalfOpen);
    row("three probes", plain, "fffffwwwsss", CircuitState::Closed);
    row("a probe fails", plain, "fffffwwwssf", CircuitState::Open);
    row("and it rests the whole time again", plain, "fffffwwwssfww", CircuitState::Open);
    row("successes of an earlier try do not count", plain, "fffffwwwssfwwwss", CircuitState::HalfOpen);
    row("probes that say nothing", plain, "fffffwwwnnnnccccss", CircuitState::HalfOpen);
    row("after closing it starts anew", plain, "fffffwwwsssffff", CircuitState::Closed);
    row("and can open again", plain, "fffffwwwsssfffff", CircuitState::Open);
    row("one failure is enough", with([](auto &s) { s.failureThreshold = 1; }), "f", CircuitState::Open);
    row("any ratio", with([](auto &s) { s.minFailureRatio = 0; }), "ssssssssssssssssfffff", CircuitState::Open);
    row("all must fail", with([](auto &s) { s.minFailureRatio = 1; }), "sffffffff", CircuitState::Closed);
    row("all did fail", with([](auto &s) { s.minFailureRatio = 1; }), "fffff", CircuitState::Open);
    row("one probe", with([](auto &s) { s.halfOpenProbes = 1; }), "fffffwwws", CircuitState::Closed);
    row("a short rest", with([](auto &s) { s.openFor = 10s; }), "fffffw", CircuitState::HalfOpen);
    row("a short window", with([](auto &s) { s.window = 10s; }), "ffffwf", CircuitState::Closed);
}

void CircuitBreakerTest::followsTheScript()
{
    QFETCH(const CircuitBreakerConfig, settings);
    QFETCH(const QByteArray, script);
    QFETCH(const CircuitState, end);
    CircuitBreaker breaker(settings);
    TimePoint now = kStart;
    for (const char step : script) {
        switch (step) {
        case 'w':
            now += 10s;
            break;
        case 's':
            call(breaker, Verdict::Success, now);
            break;
        case 'f':
            call(breaker, Verdict::Failure, now);
            break;
        case 'n':
            call(breaker, Verdict::Neutral, now);
            break;
        case 'c':
            call(breaker, Verdict::CoolDown, now);
            break;
        default:
            QFAIL("a letter without meaning");
        }
    }
    QCOMPARE(breaker.state(now), end);
    QCOMPARE(breaker.wouldAdmit(now), end != CircuitState::Open);
}

void CircuitBreakerTest::countsOnlyWhatIsInTheWindow()
{
    CircuitBreaker breaker{CircuitBreakerConfig()};
    for (int i = 0; i < 1000; ++i) // one a second, half of the failures that would be needed
        call(breaker, i % 16 == 0 ? Verdict::Failure : Verdict::Success, kStart + std::chrono::seconds(i));
    const RollingCounts::Totals counts = breaker.counts(kStart + 999s);
    QVERIFY(counts.calls >= 57 && counts.calls <= 60); // the window moves in steps of a twentieth
    QVERIFY(counts.failures == 3 || counts.failures == 4);
    QCOMPARE(breaker.counts(kStart + 999s + 61s), RollingCounts::Totals());
}

void CircuitBreakerTest::forgetsProbesThatSayNothing()
{
    CircuitBreaker breaker{CircuitBreakerConfig()};
    call(breaker, Verdict::Failure, kStart, 5);
    const TimePoint later = kStart + 30s;
    for (int round = 0; round < 10; ++round) {
        std::vector<CircuitBreaker::Ticket> probes;
        for (int i = 0; i < 3; ++i)
            probes.push_back(breaker.admit(later).value());
        QVERIFY(!breaker.wouldAdmit(later));
        for (const CircuitBreaker::Ticket &probe : probes)
            breaker.report(probe, Verdict::Neutral, later);
    }
    QCOMPARE(breaker.state(later), CircuitState::HalfOpen);
    QVERIFY(breaker.wouldAdmit(later));
}

void CircuitBreakerTest::makesRoomForTheNextProbeWhenAStreamBringsContent()
{
    CircuitBreaker breaker{CircuitBreakerConfig()};
    call(breaker, Verdict::Failure, kStart, 5);
    const TimePoint later = kStart + 30s;
    std::vector<CircuitBreaker::Ticket> streams;
    for (int i = 0; i < 10; ++i) {
        streams.push_back(breaker.admit(later).value());
        breaker.showContent(streams.back());
        breaker.showContent(streams.back()); // once is enough
    }
    QCOMPARE(breaker.state(later), CircuitState::HalfOpen); // none has ended well yet
    breaker.report(streams[0], Verdict::Success, later);
    breaker.report(streams[1], Verdict::Success, later);
    QCOMPARE(breaker.state(later), CircuitState::HalfOpen);
    breaker.report(streams[2], Verdict::Success, later);
    QCOMPARE(breaker.state(later), CircuitState::Closed);

    CircuitBreaker other{CircuitBreakerConfig()};
    call(other, Verdict::Failure, kStart, 5);
    CircuitBreaker::Ticket stream = other.admit(later).value();
    other.showContent(stream);
    other.report(stream, Verdict::Failure, later); // it broke
    QCOMPARE(other.state(later), CircuitState::Open);
}

void CircuitBreakerTest::ignoresResultsOfAnEarlierPeriod()
{
    CircuitBreaker breaker{CircuitBreakerConfig()};
    const auto early = breaker.admit(kStart).value();
    const auto other = breaker.admit(kStart).value();
    call(breaker, Verdict::Failure, kStart, 5);
    const TimePoint later = kStart + 30s;
    const auto probe = breaker.admit(later).value();
    breaker.report(early, Verdict::Failure, later); // would open it
    QCOMPARE(breaker.state(later), CircuitState::HalfOpen);
    for (int i = 0; i < 5; ++i)
        breaker.report(other, Verdict::Success, later); // would close it
    QCOMPARE(breaker.state(later), CircuitState::HalfOpen);
    breaker.report(probe, Verdict::Failure, later);
    QCOMPARE(breaker.untilHalfOpen(later), 30s);
    breaker.report(probe, Verdict::Failure, later + 10s); // would make it rest for longer
    QCOMPARE(breaker.untilHalfOpen(later + 10s), 20s);
}

void CircuitBreakerTest::keepsTheTimeToHalfOpen()
{
    CircuitBreaker breaker{CircuitBreakerConfig()};
    QCOMPARE(breaker.untilHalfOpen(kStart), 0s);
    call(breaker, Verdict::Failure, kStart, 5);
    QCOMPARE(breaker.untilHalfOpen(kStart), 30s);
    QCOMPARE(breaker.untilHalfOpen(kStart + 29'500ms), 500ms);
    QCOMPARE(breaker.untilHalfOpen(kStart + 31s), 0s);
}

void CircuitBreakerTest::takesOrdersByHand()
{
    CircuitBreaker breaker{CircuitBreakerConfig()};
    breaker.forceOpen(kStart, 5min);
    QCOMPARE(breaker.untilHalfOpen(kStart), 5min);
    QVERIFY(!breaker.admit(kStart + 4min));
    breaker.forceHalfOpen();
    call(breaker, Verdict::Success, kStart, 2);
    QCOMPARE(breaker.state(kStart), CircuitState::HalfOpen);
    breaker.reset();
    QCOMPARE(breaker.state(kStart), CircuitState::Closed);
    breaker.forceOpen(kStart);
    QCOMPARE(breaker.untilHalfOpen(kStart), 30s);
}

void CircuitBreakerTest::bringsCallsMadeAnywayIntoTheCount()
{
    CircuitBreaker breaker{CircuitBreakerConfig()};
    call(breaker, Verdict::Failure, kStart, 5);
    const auto anyway = breaker.admitAnyway();
    breaker.report(anyway, Verdict::Success, kStart);
    QCOMPARE(breaker.state(kStart), CircuitState::Open);
    QCOMPARE(breaker.counts(kStart), (RollingCounts::Totals{.calls = 6, .failures = 5}));

    const TimePoint later = kStart + 30s;
    QVERIFY(breaker.admit(later));
    breaker.report(breaker.admitAnyway(), Verdict::Failure, later);
    QCOMPARE(breaker.state(later), CircuitState::Open);
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::CircuitBreakerTest)
#include "tst_circuit_breaker.moc"
