// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/limits/rate_limiter.h"

#include <QTest>

using namespace lunargate;
using namespace std::chrono_literals;

class RateLimiterTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void everyClientHasItsOwn();
    void oneNetworkIsOneClient();
    void builtInCallersHaveLimitsOfTheirOwn();
    void keysHaveLimitsOfTheirOwn();
    void globalLimitsCountForAll();
    void whatIsRefusedTakesNothing();
    void saysWhichLimitAndExactlyHowLong();
    void placesComeBackOnEveryWay();
    void refusedTokensGiveBackRequestAndPlace();
    void tokensAreSettled();
    void moreTokensThanThereEverAreAreNeverPromised();
    void guessesOfTheAnswerFitIntoSmallLimits();
    void tokensOfParallelCallsAreReservedFirst();
    void forgetsTheLeastRecentlySeen();
    void forgetsWhoIsIdleWhenAPlaceIsNeeded();
    void sparesWhoOwesAndWhoRuns();
    void staysBoundedWhileEverybodyRuns();
    void keepsWhatIsLeftUnderOtherSettings();
    void switchedOffItForgetsAndSwitchedOnItBeginsAnew();
    void placesTakenBeforeSwitchingOffDoNotCountTwice();
    void looksWithoutTakingOrRemembering();
    void lookSaysWhatTheCallWouldMeet();
    void reportsWhoHasLeast();
};

namespace {

const TimePoint kStart = TimePoint(1000h);

Caller key(const QByteArray &name)
{
    return {.name = name, .address = "198.51.100.1", .rights = {}};
}

Caller from(const QByteArray &address)
{
    return {.name = {}, .address = address, .rights = {}};
}

RateLimitingConfig limiting(const LimitsConfig &perClient, const LimitsConfig &global = {})
{
    RateLimitingConfig config;
    config.enabled = true;
    config.perClient = perClient;
    config.global = global;
    return config;
}

/// A request that comes and goes at once; whether it got through.
bool passes(RateLimiter &limiter, const Caller &caller, TimePoint now = kStart)
{
    LimitPermit permit;
    return !limiter.admit(caller, false, permit, now).refusal;
}

LimitView viewOf(const RateLimiter &limiter, const Caller &caller, TimePoint now = kStart)
{
    return limiter.look(caller, false, {}, now).standing.client;
}

} // namespace

void RateLimiterTest::everyClientHasItsOwn()
{
    RateLimiter limiter(limiting({.requestsPerMinute = 60, .burstSize = 2}), kStart);
    QVERIFY(limiter.isOn());
    const Caller callers[] = {from("198.51.100.1"), from("198.51.100.2"), key("a"), key("198.51.100.1"),
                              key("address:198.51.100.1")};
    for (const Caller &caller : callers) {
        QVERIFY(passes(limiter, caller));
        QVERIFY(passes(limiter, caller));
        QVERIFY(!passes(limiter, caller));
    }
    QVERIFY(passes(limiter, callers[0], kStart + 1s));
    QVERIFY(!passes(limiter, callers[0], kStart + 1s));
}

void RateLimiterTest::oneNetworkIsOneClient()
{
    RateLimiter limiter(limiting({.requestsPerMinute = 60, .burstSize = 1}), kStart);
    QVERIFY(passes(limiter, from("2001:db8:1:2::1")));
    QVERIFY(!passes(limiter, from("2001:db8:1:2:ffff::9")));
    QVERIFY(passes(limiter, from("2001:db8:1:3::1")));
    QCOMPARE(limitIdentity(from("2001:db8:1:2::1")), "address:2001:db8:1:2::/64");
    QCOMPARE(limitIdentity(key("a")), "key:a");
}

void RateLimiterTest::builtInCallersHaveLimitsOfTheirOwn()
{
    RateLimitingConfig config = limiting({.requestsPerMinute = 60, .burstSize = 1});
    config.keys.push_back({.name = "remote-control", .limits = {.requestsPerMinute = 600, .burstSize = 3}});
    RateLimiter limiter(config, kStart);
    const Caller remote{.name = "remote-control", .kind = CredentialKind::BuiltIn, .address = "127.0.0.1"};
    for (int i = 0; i < 3; ++i)
        QVERIFY(passes(limiter, remote));
    QVERIFY(!passes(limiter, remote));
}

void RateLimiterTest::keysHaveLimitsOfTheirOwn()
{
    RateLimitingConfig config = limiting({.requestsPerMinute = 60, .burstSize = 1});
    config.keys.push_back({.name = "big", .limits = {.requestsPerMinute = 600, .burstSize = 3}});
    config.keys.push_back({.name = "free", .limits = {}});
    RateLimiter limiter(config, kStart);
    for (int i = 0; i < 3; ++i)
        QVERIFY(passes(limiter, key("big")));
    QVERIFY(!passes(limiter, key("big")));
    for (int i = 0; i < 100; ++i)
        QVERIFY(passes(limiter, key("free")));
    QVERIFY(passes(limiter, key("other")));
    QVERIFY(!passes(limiter, key("other")));
}

void RateLimiterTest::globalLimitsCountForAll()
{
    RateLimiter limiter(limiting({.requestsPerMinute = 60, .burstSize = 10}, {.requestsPerMinute = 60, .burstSize = 3}),
                        kStart);
    for (const char *name : {"a", "b", "c"})
        QVERIFY(passes(limiter, key(name)));
    LimitPermit permit;
    const RateLimiter::Decision decision = limiter.admit(key("d"), false, permit, kStart);
    QVERIFY(decision.refusal);
    QVERIFY(decision.refusal->isGlobal);
    QCOMPARE(decision.standing.global.requests.remaining, 0);
    QCOMPARE(decision.standing.client.requests.remaining, 10); // all or nothing
    // A client that is refused by its own limit takes nothing from the others.
    RateLimiter own(limiting({.requestsPerMinute = 60, .burstSize = 1}, {.requestsPerMinute = 60, .burstSize = 10}),
                    kStart);
    QVERIFY(passes(own, key("a")));
    for (int i = 0; i < 20; ++i)
        QVERIFY(!passes(own, key("a")));
    QCOMPARE(own.report(0, kStart).global.requests.remaining, 9);
}

void RateLimiterTest::whatIsRefusedTakesNothing()
{
    RateLimiter limiter(limiting({.requestsPerMinute = 60, .burstSize = 10, .maxConcurrent = 1}), kStart);
    LimitPermit running;
    QVERIFY(!limiter.admit(key("a"), true, running, kStart).refusal);
    for (int i = 0; i < 5; ++i) {
        LimitPermit permit;
        const RateLimiter::Decision decision = limiter.admit(key("a"), true, permit, kStart);
        QCOMPARE(decision.refusal->kind, LimitKind::Concurrency);
        QCOMPARE(decision.standing.client.requests.remaining, 9);
    }
    QVERIFY(passes(limiter, key("a"))); // no model call, so no place
    QCOMPARE(viewOf(limiter, key("a")).running, 1);
}

void RateLimiterTest::saysWhichLimitAndExactlyHowLong()
{
    RateLimiter limiter(limiting({.requestsPerMinute = 7, .burstSize = 1}), kStart);
    QVERIFY(passes(limiter, key("a")));
    LimitPermit permit;
    const RateLimiter::Decision decision = limiter.admit(key("a"), true, permit, kStart + 1s);
    QVERIFY(decision.refusal);
    QCOMPARE(decision.refusal->kind, LimitKind::Requests);
    QCOMPARE(decision.refusal->limit, 7);
    QVERIFY(!decision.refusal->isGlobal);
    const auto wait = *decision.refusal->retryAfter;
    QVERIFY(wait > 7571ms && wait < 7572ms);
    QVERIFY(!passes(limiter, key("a"), kStart + 1s + wait - 1ms));
    QVERIFY(passes(limiter, key("a"), kStart + 1s + wait));
}

void RateLimiterTest::placesComeBackOnEveryWay()
{
    RateLimiter limiter(limiting({.maxConcurrent = 2}, {.maxConcurrent = 3}), kStart);
    const auto running = [&] { return limiter.report(0, kStart).global.running; };
    {
        LimitPermit first, second;
        QVERIFY(!limiter.admit(key("a"), true, first, kStart).refusal);
        QVERIFY(!limiter.admit(key("a"), true, second, kStart).refusal);
        QCOMPARE(running(), 2);
        LimitPermit moved = std::move(first);
        QCOMPARE(running(), 2);
        moved.settle(0, kStart);
        moved.settle(0, kStart); // once
        QCOMPARE(running(), 1);
        LimitPermit third;
        QVERIFY(!limiter.admit(key("b"), true, third, kStart).refusal);
        second = std::move(third); // what it held before goes back
        QCOMPARE(running(), 1);
        QVERIFY(!limiter.admit(key("b"), true, second, kStart).refusal); // likewise
        QCOMPARE(running(), 1);
    }
    QCOMPARE(running(), 0);
    QCOMPARE(viewOf(limiter, key("a")).running, 0);
    QCOMPARE(viewOf(limiter, key("b")).running, 0);
}

void RateLimiterTest::refusedTokensGiveBackRequestAndPlace()
{
    const LimitsConfig limits{.requestsPerMinute = 60, .burstSize = 10, .tokensPerMinute = 100, .maxConcurrent = 1};
    RateLimiter limiter(limiting(limits, limits), kStart);
    LimitPermit permit;
    QVERIFY(!limiter.admit(key("a"), true, permit, kStart).refusal);
    QVERIFY(permit.countsTokens());
    QVERIFY(!limiter.reserve(permit, {.input = 20, .output = 60}, kStart).refusal);
    permit.settle(80, kStart);

    QVERIFY(!limiter.admit(key("a"), true, permit, kStart).refusal);
    const RateLimiter::Decision decision = limiter.reserve(permit, {.input = 20, .output = 10}, kStart);
    QCOMPARE(decision.refusal->kind, LimitKind::Tokens);
    QCOMPARE(decision.refusal->needed, 30);
    QCOMPARE(*decision.refusal->retryAfter, 6s);
    QCOMPARE(decision.standing.client.requests.remaining, 9);
    QCOMPARE(decision.standing.client.tokens.remaining, 20);
    QCOMPARE(decision.standing.client.running, 0);
    QCOMPARE(decision.standing.global.requests.remaining, 9);
    QCOMPARE(decision.standing.global.running, 0);
    permit.settle(1000, kStart); // it holds nothing, so it owes nothing
    QCOMPARE(viewOf(limiter, key("a")).tokens.remaining, 20);
    QCOMPARE(viewOf(limiter, key("a")).running, 0);
}

void RateLimiterTest::tokensAreSettled()
{
    RateLimiter limiter(limiting({.tokensPerMinute = 1000}, {.tokensPerMinute = 5000}), kStart);
    const auto call = [&](qint64 used) {
        LimitPermit permit;
        QVERIFY(!limiter.admit(key("a"), true, permit, kStart).refusal);
        QVERIFY(!limiter.reserve(permit, {.input = 100, .output = 200}, kStart).refusal);
        QCOMPARE(permit.reserved().total(), 300);
        permit.settle(used, kStart);
    };
    call(0);
    QCOMPARE(viewOf(limiter, key("a")).tokens.remaining, 1000);
    call(50);
    QCOMPARE(viewOf(limiter, key("a")).tokens.remaining, 950);
    call(2000);
    QCOMPARE(viewOf(limiter, key("a")).tokens.remaining, -1050);
    QCOMPARE(limiter.report(0, kStart).global.tokens.remaining, 2950);
    LimitPermit permit;
    QVERIFY(!limiter.admit(key("a"), true, permit, kStart).refusal);
    QCOMPARE(*limiter.reserve(permit, {.input = 1}, kStart).refusal->retryAfter, 63060ms);
}

void RateLimiterTest::moreTokensThanThereEverAreAreNeverPromised()
{
    RateLimiter limiter(limiting({.tokensPerMinute = 1000}, {.tokensPerMinute = 500}), kStart);
    LimitPermit permit;
    QVERIFY(!limiter.admit(key("a"), true, permit, kStart).refusal);
    const RateLimiter::Decision decision = limiter.reserve(permit, {.input = 1, .output = 500}, kStart);
    QVERIFY(decision.refusal->isGlobal);
    QCOMPARE(decision.refusal->limit, 500);
    QCOMPARE(decision.refusal->retryAfter, std::nullopt);
}

void RateLimiterTest::guessesOfTheAnswerFitIntoSmallLimits()
{
    RateLimiter limiter(limiting({.tokensPerMinute = 100}), kStart);
    LimitPermit permit;
    QVERIFY(!limiter.admit(key("a"), true, permit, kStart).refusal);
    QVERIFY(!limiter.reserve(permit, {.input = 30, .output = 1024, .isOutputGuessed = true}, kStart).refusal);
    QCOMPARE(permit.reserved().output, 70);
    permit.settle(0, kStart);
    QVERIFY(!limiter.admit(key("a"), true, permit, kStart).refusal);
    // A text that is too long stays too long.
    const TokenEstimate tooLong{.input = 101, .output = 1024, .isOutputGuessed = true};
    QCOMPARE(limiter.reserve(permit, tooLong, kStart).refusal->retryAfter, std::nullopt);
}

// Five calls at once used 663 tokens of a limit of 100 elsewhere, since each was counted when it was over.
void RateLimiterTest::tokensOfParallelCallsAreReservedFirst()
{
    RateLimiter limiter(limiting({.tokensPerMinute = 100}), kStart);
    std::vector<LimitPermit> permits(5);
    int running = 0;
    for (LimitPermit &permit : permits) {
        QVERIFY(!limiter.admit(key("a"), true, permit, kStart).refusal);
        running += limiter.reserve(permit, {.input = 10, .output = 30}, kStart).refusal ? 0 : 1;
    }
    QCOMPARE(running, 2);
}

void RateLimiterTest::forgetsTheLeastRecentlySeen()
{
    RateLimiter limiter(limiting({.requestsPerMinute = 1, .burstSize = 1}), {.clients = 3, .shards = 1}, kStart);
    for (const char *name : {"a", "b", "c", "a"})
        passes(limiter, key(name));
    QVERIFY(passes(limiter, key("d"))); // "b" goes
    QCOMPARE(limiter.report(10, kStart).clients, size_t(3));
    QVERIFY(!passes(limiter, key("a")));
    QVERIFY(!passes(limiter, key("c")));
    QVERIFY(passes(limiter, key("b")));

    RateLimiter many(limiting({.requestsPerMinute = 1, .burstSize = 1}), kStart);
    for (int i = 0; i < 30'000; ++i)
        passes(many, from("10." + QByteArray::number(i / 65536) + '.' + QByteArray::number(i / 256 % 256) + '.' +
                          QByteArray::number(i % 256)));
    const RateLimiter::Report report = many.report(10, kStart);
    QVERIFY(report.bound <= 10'000);
    QVERIFY(report.clients <= report.bound && report.clients > 9'000);
    QCOMPARE(report.scarcest.size(), size_t(10));
}

void RateLimiterTest::forgetsWhoIsIdleWhenAPlaceIsNeeded()
{
    RateLimiter limiter(limiting({.requestsPerMinute = 60, .burstSize = 1}), {.clients = 100, .shards = 1}, kStart);
    for (const char *name : {"a", "b", "c"})
        passes(limiter, key(name));
    passes(limiter, key("c"), kStart + 14min);
    QCOMPARE(limiter.report(0, kStart + 14min).clients, size_t(3));
    passes(limiter, key("c"), kStart + 15min);
    QCOMPARE(limiter.report(0, kStart + 15min).clients, size_t(3)); // nobody needs a place
    passes(limiter, key("d"), kStart + 15min);
    QCOMPARE(limiter.report(0, kStart + 15min).clients, size_t(2));
}

void RateLimiterTest::sparesWhoOwesAndWhoRuns()
{
    RateLimiter limiter(limiting({.tokensPerMinute = 10, .maxConcurrent = 1}), {.clients = 3, .shards = 1}, kStart);
    {
        LimitPermit permit;
        limiter.admit(key("owes"), true, permit, kStart);
        limiter.reserve(permit, {.input = 1}, kStart);
        permit.settle(500, kStart);
    }
    LimitPermit running;
    limiter.admit(key("runs"), true, running, kStart);
    passes(limiter, key("third"), kStart + 16min); // a place was free
    QCOMPARE(viewOf(limiter, key("owes"), kStart + 16min).tokens.remaining, -330);
    passes(limiter, key("fourth"), kStart + 17min); // one was needed: who runs stays, who owes does not
    QCOMPARE(limiter.report(0, kStart + 17min).clients, size_t(3));
    LimitPermit permit;
    QVERIFY(limiter.admit(key("runs"), true, permit, kStart + 17min).refusal);
}

void RateLimiterTest::staysBoundedWhileEverybodyRuns()
{
    RateLimiter limiter(limiting({.maxConcurrent = 1}), {.clients = 20, .shards = 1}, kStart);
    std::vector<LimitPermit> permits(50);
    for (size_t i = 0; i < permits.size(); ++i)
        QVERIFY(!limiter.admit(key(QByteArray::number(i)), true, permits[i], kStart).refusal);
    QCOMPARE(limiter.report(0, kStart).clients, size_t(20));
    permits.clear(); // those who were forgotten, too
    for (const RateLimiter::Report::Client &client : limiter.report(50, kStart).scarcest)
        QCOMPARE(client.limits.running, 0);
}

void RateLimiterTest::keepsWhatIsLeftUnderOtherSettings()
{
    RateLimitingConfig config = limiting({.requestsPerMinute = 60, .burstSize = 10, .tokensPerMinute = 100},
                                         {.requestsPerMinute = 600, .burstSize = 100});
    RateLimiter limiter(config, kStart);
    for (int i = 0; i < 5; ++i)
        passes(limiter, key("a"));
    limiter.apply(config, kStart);
    QCOMPARE(viewOf(limiter, key("a")).requests.remaining, 5);

    config.perClient.burstSize = 20;
    config.perClient.requestsPerMinute = 120;
    config.global.burstSize = 10;
    config.keys.push_back({.name = "b", .limits = {.requestsPerMinute = 60, .burstSize = 7}});
    limiter.apply(config, kStart);
    QCOMPARE(viewOf(limiter, key("a")).requests.remaining, 10);
    QCOMPARE(viewOf(limiter, key("a")).requests.limit, 120);
    QCOMPARE(viewOf(limiter, key("b")).requests.remaining, 7);
    QCOMPARE(limiter.report(0, kStart).global.requests.remaining, 9);
}

void RateLimiterTest::switchedOffItForgetsAndSwitchedOnItBeginsAnew()
{
    RateLimitingConfig config =
        limiting({.requestsPerMinute = 60, .burstSize = 1}, {.requestsPerMinute = 60, .burstSize = 5});
    RateLimiter limiter(config, kStart);
    QVERIFY(passes(limiter, key("a")));
    config.enabled = false;
    limiter.apply(config, kStart);
    QVERIFY(!limiter.isOn());
    QCOMPARE(limiter.report(0, kStart).clients, size_t(0));
    for (int i = 0; i < 10; ++i)
        QVERIFY(passes(limiter, key("a"))); // whoever asks all the same
    config.enabled = true;
    limiter.apply(config, kStart);
    QVERIFY(passes(limiter, key("a")));
    QVERIFY(!passes(limiter, key("a")));
    QVERIFY(!RateLimiter(RateLimitingConfig(), kStart).isOn());
}

void RateLimiterTest::placesTakenBeforeSwitchingOffDoNotCountTwice()
{
    RateLimitingConfig config = limiting({.maxConcurrent = 1}, {.maxConcurrent = 2});
    RateLimiter limiter(config, kStart);
    LimitPermit before;
    QVERIFY(!limiter.admit(key("a"), true, before, kStart).refusal);
    config.enabled = false;
    limiter.apply(config, kStart);
    config.enabled = true;
    limiter.apply(config, kStart);
    LimitPermit after;
    QVERIFY(!limiter.admit(key("a"), true, after, kStart).refusal);
    QCOMPARE(limiter.report(0, kStart).global.running, 2);
    before.settle(0, kStart);
    QCOMPARE(viewOf(limiter, key("a")).running, 1);
    after.settle(0, kStart);
    QCOMPARE(viewOf(limiter, key("a")).running, 0);
    QCOMPARE(limiter.report(0, kStart).global.running, 0);
}

void RateLimiterTest::looksWithoutTakingOrRemembering()
{
    RateLimiter limiter(limiting({.requestsPerMinute = 60, .burstSize = 2}, {.requestsPerMinute = 60, .burstSize = 5}),
                        kStart);
    for (int i = 0; i < 10; ++i)
        QVERIFY(!limiter.look(key("a"), true, {.input = 10}, kStart).refusal);
    QCOMPARE(limiter.report(0, kStart).clients, size_t(0));
    QCOMPARE(limiter.report(0, kStart).global.requests.remaining, 5);
    QCOMPARE(viewOf(limiter, key("a")).requests.remaining, 2);
    passes(limiter, key("a"));
    QCOMPARE(viewOf(limiter, key("a")).requests.remaining, 1);
}

void RateLimiterTest::lookSaysWhatTheCallWouldMeet()
{
    RateLimiter limiter(limiting({.requestsPerMinute = 60, .burstSize = 2, .tokensPerMinute = 100, .maxConcurrent = 1}),
                        kStart);
    QCOMPARE(limiter.look(key("a"), true, {.input = 101}, kStart).refusal->kind, LimitKind::Tokens);
    QVERIFY(!limiter.look(key("a"), true, {.input = 1, .output = 1024, .isOutputGuessed = true}, kStart).refusal);
    LimitPermit permit;
    limiter.admit(key("a"), true, permit, kStart);
    QCOMPARE(limiter.look(key("a"), true, {.input = 1}, kStart).refusal->kind, LimitKind::Concurrency);
    QVERIFY(!limiter.look(key("a"), false, {}, kStart).refusal);
}

void RateLimiterTest::reportsWhoHasLeast()
{
    RateLimiter limiter(limiting({.requestsPerMinute = 60, .burstSize = 10, .maxConcurrent = 4}), kStart);
    for (int i = 0; i < 3; ++i)
        passes(limiter, key("some"));
    for (int i = 0; i < 9; ++i)
        passes(limiter, key("much"));
    std::vector<LimitPermit> permits(2);
    for (LimitPermit &permit : permits)
        limiter.admit(key("runs"), true, permit, kStart); // half of its places, most of its requests are left
    passes(limiter, from("198.51.100.9"));
    const RateLimiter::Report report = limiter.report(3, kStart + 500ms);
    QCOMPARE(report.clients, size_t(4));
    QCOMPARE(report.scarcest.size(), size_t(3));
    QCOMPARE(report.scarcest[0].identity, "key:much");
    QCOMPARE(report.scarcest[1].identity, "key:runs");
    QCOMPARE(report.scarcest[1].limits.running, 2);
    QCOMPARE(report.scarcest[2].identity, "key:some");
    QCOMPARE(report.scarcest[0].unseenFor, 500ms);
}

QTEST_APPLESS_MAIN(RateLimiterTest)
#include "tst_rate_limiter.moc"
