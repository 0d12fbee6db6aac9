// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/resilience/circuit_breakers.h"

#include <QRegularExpression>
#include <QTest>

namespace lunargate {

/// The service: names, permits, pauses, reloads, what is told. The state machine has a test of its own.
class CircuitBreakersTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void givesEachProviderACircuit();
    void givesEachModelACircuitIfAsked();
    void doesNothingWhenSwitchedOff();
    void saysWhyItRefuses();
    void coolsDownAfter429();
    void keepsTheLongerPause();
    void countsAPermitOnce();
    void remembersTheLastFailure();
    void asksAgainBeforeAnotherAttempt();
    void admitsAnywayWhenTold();
    void keepsStateOverAReload_data();
    void keepsStateOverAReload();
    void ignoresWhoAsksByAnOldConfiguration_data();
    void ignoresWhoAsksByAnOldConfiguration();
    void ignoresResultsForForgottenCircuits();
    void keepsABoundedNumberOfModels();
    void forgetsTheModelsNobodyUsesFirst();
    void warnsWhenARouteHasNoTargetLeft();
    void takesOrdersByName();
    void tellsWhatItKnows();
};

namespace {

constexpr TimePoint kStart{std::chrono::hours(1000)};

Config twoProviders(BreakerScope scope = BreakerScope::Provider)
{
    Config config;
    config.circuitBreaker.scope = scope;
    for (const char *id : {"one", "two"}) {
        ProviderConfig provider;
        provider.id = id;
        provider.baseUrl = "http://" + provider.id + ".test/v1";
        provider.defaultModel = "m";
        config.providers.push_back(provider);
    }
    return config;
}

Error serverError(int status = 503)
{
    return {.kind = ErrorKind::UpstreamStatus,
            .reason = "upstream_error",
            .message = "sk-secret",
            .upstreamStatus = status};
}

Error tooMany(std::optional<milliseconds> wait)
{
    Error error = serverError(429);
    error.retryAfter = wait;
    return error;
}

void expectChange(const char *provider, const char *from, const char *to)
{
    QTest::ignoreMessage(QtWarningMsg,
                         QRegularExpression(QStringLiteral("^circuit breaker state change provider=%1 .*from=%2 to=%3")
                                                .arg(QLatin1String(provider), QLatin1String(from), QLatin1String(to))));
}

void fail(CircuitBreakers &breakers, const Config &config, const QByteArray &model = "m", TimePoint now = kStart,
          int times = 5)
{
    for (int i = 0; i < times; ++i)
        breakers.admit(config.providers.front(), model, now)->fail(serverError(), now);
}

} // namespace

void CircuitBreakersTest::givesEachProviderACircuit()
{
    const Config config = twoProviders();
    CircuitBreakers breakers(config);
    expectChange("one", "closed", "open");
    fail(breakers, config, "a", kStart, 3);
    fail(breakers, config, "b", kStart, 2);
    QVERIFY(breakers.isRefused("one", "c", kStart));
    QCOMPARE(breakers.state("one", "c", kStart), CircuitState::Open);
    QCOMPARE(breakers.state("two", "c", kStart), CircuitState::Closed);
    QCOMPARE(breakers.state("unknown", "c", kStart), CircuitState::Closed);
    QVERIFY(!breakers.isRefused("two", "c", kStart));
    QVERIFY(!breakers.isRefused("three", "c", kStart));
    QVERIFY(!breakers.admit(config.providers[0], "c", kStart));
    QVERIFY(breakers.admit(config.providers[1], "c", kStart).has_value());
    QVERIFY(!breakers.isRefused("one", "c", kStart + 30s));
    QCOMPARE(breakers.state("one", "c", kStart + 30s), CircuitState::HalfOpen);
}

void CircuitBreakersTest::givesEachModelACircuitIfAsked()
{
    const Config config = twoProviders(BreakerScope::Model);
    CircuitBreakers breakers(config);
    fail(breakers, config, "a", kStart, 4);
    fail(breakers, config, "b", kStart, 4);
    expectChange("one", "closed", "open");
    fail(breakers, config, "b", kStart, 1);
    QVERIFY(!breakers.isRefused("one", "a", kStart));
    QVERIFY(breakers.isRefused("one", "b", kStart));
    QVERIFY(!breakers.isRefused("one", "never asked", kStart));
    const std::vector<CircuitView> views = breakers.views(kStart);
    QCOMPARE(views.size(), 2U);
    QCOMPARE(views[1].model, "b");
    QCOMPARE(views[1].state, CircuitState::Open);
}

void CircuitBreakersTest::doesNothingWhenSwitchedOff()
{
    Config config = twoProviders();
    config.circuitBreaker.enabled = false;
    CircuitBreakers breakers(config);
    QVERIFY(!breakers.isEnabled());
    fail(breakers, config, "m", kStart, 100);
    breakers.admit(config.providers[0], "m", kStart)->fail(tooMany(1min), kStart);
    QVERIFY(breakers.admit(config.providers[0], "m", kStart).has_value());
    QVERIFY(!breakers.isRefused("one", "m", kStart));
    QVERIFY(breakers.views(kStart).empty());
}

void CircuitBreakersTest::saysWhyItRefuses()
{
    const Config config = twoProviders();
    CircuitBreakers breakers(config);
    expectChange("one", "closed", "open");
    fail(breakers, config);
    const auto refused = breakers.admit(config.providers[0], "m", kStart + 10s);
    QVERIFY(!refused);
    const Error error = circuitError("one", refused.error());
    QCOMPARE(error.reason, "circuit_open");
    QCOMPARE(httpStatus(error), 503);
    QCOMPARE(error.retryAfter, std::optional<milliseconds>(20s));
    QCOMPARE(error.message,
             "provider 'one' gets no calls for another 20 s because it failed too often; the last failure "
             "was 'upstream_error' with status 503");

    expectChange("one", "open", "half-open");
    std::vector<CircuitBreakers::Permit> probes;
    for (int i = 0; i < 3; ++i)
        probes.push_back(*breakers.admit(config.providers[0], "m", kStart + 30s));
    const auto probing = breakers.admit(config.providers[0], "m", kStart + 30s);
    QVERIFY(!probing);
    QCOMPARE(circuitError("one", probing.error()).reason, "circuit_open");
    QVERIFY(circuitError("one", probing.error()).message.contains("is being tried"));
    QCOMPARE(breakers.counters().at("one")->refusedOpen, 2U);
}

void CircuitBreakersTest::coolsDownAfter429()
{
    const Config config = twoProviders();
    CircuitBreakers breakers(config);
    for (int i = 0; i < 20; ++i)
        breakers.admit(config.providers[0], "m", kStart)->fail(tooMany({}), kStart);
    QVERIFY(!breakers.isRefused("one", "m", kStart)); // it did not say for how long
    breakers.admit(config.providers[0], "m", kStart)->fail(tooMany(0ms), kStart);
    QVERIFY(!breakers.isRefused("one", "m", kStart));

    breakers.admit(config.providers[0], "m", kStart)->fail(tooMany(7s), kStart);
    const auto refused = breakers.admit(config.providers[0], "m", kStart + 2s);
    QVERIFY(!refused);
    const Error error = circuitError("one", refused.error());
    QCOMPARE(error.reason, "provider_cooling_down");
    QCOMPARE(error.retryAfter, std::optional<milliseconds>(5s));
    QCOMPARE(breakers.views(kStart)[0].state, CircuitState::Closed);
    QCOMPARE(breakers.views(kStart)[0].cooldown, 7s);
    QCOMPARE(breakers.counters().at("one")->refusedCoolingDown, 1U);
    QVERIFY(!breakers.isRefused("one", "m", kStart + 7s));
    QVERIFY(!breakers.isRefused("two", "m", kStart));
}

void CircuitBreakersTest::keepsTheLongerPause()
{
    const Config config = twoProviders();
    CircuitBreakers breakers(config);
    auto first = *breakers.admit(config.providers[0], "m", kStart);
    auto second = *breakers.admit(config.providers[0], "m", kStart);
    auto third = *breakers.admit(config.providers[0], "m", kStart);
    first.attemptFailed(tooMany(10s), kStart); // at once, though the request goes on
    QCOMPARE(breakers.views(kStart)[0].cooldown, 10s);
    second.fail(tooMany(5s), kStart);
    QCOMPARE(breakers.views(kStart)[0].cooldown, 10s);
    third.fail(tooMany(20s), kStart);
    QCOMPARE(breakers.views(kStart)[0].cooldown, 20s);
    first.beginAttempt();
    first.fail(tooMany(48h), kStart);
    QCOMPARE(breakers.views(kStart)[0].cooldown, 1h); // nobody is shut out for days by a misread header
    QVERIFY(breakers.reset("one"));
    QCOMPARE(breakers.views(kStart)[0].cooldown, 0s);
}

void CircuitBreakersTest::countsAPermitOnce()
{
    const Config config = twoProviders();
    CircuitBreakers breakers(config);
    {
        auto permit = *breakers.admit(config.providers[0], "m", kStart);
        QCOMPARE(breakers.views(kStart)[0].runningRequests, 1);
        CircuitBreakers::Permit moved = std::move(permit);
        permit.fail(serverError(), kStart); // has nothing left to say
        for (int i = 0; i < 10; ++i)
            moved.fail(serverError(), kStart);
        QCOMPARE(breakers.views(kStart)[0].runningRequests, 0);
    }
    QCOMPARE(breakers.views(kStart)[0].counts, (RollingCounts::Totals{.calls = 1, .failures = 1}));
    {
        const auto silent = *breakers.admit(config.providers[0], "m", kStart);
        Q_UNUSED(silent)
    }
    QCOMPARE(breakers.views(kStart)[0].counts.calls, 1);
    QCOMPARE(breakers.views(kStart)[0].runningRequests, 0);
    auto good = *breakers.admit(config.providers[0], "m", kStart);
    good = *breakers.admit(config.providers[0], "m", kStart); // the first one goes without a word
    good.succeed(kStart);
    QCOMPARE(breakers.views(kStart)[0].counts, (RollingCounts::Totals{.calls = 2, .failures = 1}));
}

void CircuitBreakersTest::remembersTheLastFailure()
{
    const Config config = twoProviders();
    CircuitBreakers breakers(config);
    const auto admitted = [&] { return *breakers.admit(config.providers[0], "m", kStart); };
    const auto counts = [&] { return breakers.views(kStart)[0].counts; };
    {
        auto permit = admitted();
        permit.attemptFailed(serverError(), Clock::now());
        const CircuitBreakers::Permit moved = std::move(permit);
    }
    QCOMPARE(breakers.views(Clock::now())[0].counts, (RollingCounts::Totals{.calls = 1, .failures = 1}));
    QVERIFY(breakers.reset("one"));
    {
        auto permit = admitted();
        permit.attemptFailed(serverError(), kStart);
        permit.beginAttempt();
    }
    QCOMPARE(counts().calls, 0); // nobody knows how that one would have ended
    auto permit = admitted();
    permit.attemptFailed(tooMany(10s), kStart);
    permit.fail(tooMany(10s), kStart + 5s); // the same
    QCOMPARE(breakers.views(kStart)[0].cooldown, 10s);
}

void CircuitBreakersTest::asksAgainBeforeAnotherAttempt()
{
    const Config config = twoProviders();
    CircuitBreakers breakers(config);
    auto permit = *breakers.admit(config.providers[0], "m", kStart);
    std::vector<CircuitBreakers::Permit> others;
    for (int i = 0; i < 5; ++i)
        others.push_back(*breakers.admit(config.providers[0], "m", kStart));
    permit.attemptFailed(tooMany(10s), kStart);
    QVERIFY(!permit.renew(kStart)); // its own retry waits for as long as it was told to
    QCOMPARE(others.front().renew(kStart).value().cause, CircuitRefusal::Cause::CoolingDown);
    QVERIFY(!others.front().renew(kStart + 10s));
    QCOMPARE(breakers.views(kStart)[0].runningRequests, 6);
    expectChange("one", "closed", "open");
    for (CircuitBreakers::Permit &other : others)
        other.fail(serverError(), kStart);
    QVERIFY(permit.renew(kStart));
    QVERIFY(permit.renew(kStart + 15s));
    expectChange("one", "open", "half-open");
    QVERIFY(!permit.renew(kStart + 30s));
    QCOMPARE(breakers.views(kStart)[0].runningRequests, 1);
    expectChange("one", "half-open", "open");
    permit.beginAttempt();
    permit.fail(serverError(), kStart + 30s); // it is a probe now
    QCOMPARE(breakers.views(kStart)[0].runningRequests, 0);
}

void CircuitBreakersTest::admitsAnywayWhenTold()
{
    const Config config = twoProviders();
    CircuitBreakers breakers(config);
    expectChange("one", "closed", "open");
    fail(breakers, config);
    auto permit = breakers.admitAnyway(config.providers[0], "m", kStart);
    QVERIFY(!permit.renew(kStart));
    permit.succeed(kStart);
    QVERIFY(breakers.isRefused("one", "m", kStart));
    QCOMPARE(breakers.views(kStart)[0].runningRequests, 0);
    breakers.admit(config.providers[1], "m", kStart)->fail(tooMany(10s), kStart);
    QVERIFY(!breakers.admitAnyway(config.providers[1], "m", kStart).renew(kStart)); // in a pause too
}

void CircuitBreakersTest::keepsStateOverAReload_data()
{
    QTest::addColumn<Config>("next");
    QTest::addColumn<bool>("isKept");
    Config next = twoProviders();
    QTest::newRow("nothing changed") << next << true;
    next.retry.maxAttempts = 7;
    next.providers.front().timeout = 1s;
    next.providers.front().apiKey = SecretString("another");
    QTest::newRow("something else changed") << next << true;
    next = twoProviders();
    std::ranges::reverse(next.providers);
    QTest::newRow("another order") << next << true;
    next = twoProviders();
    next.circuitBreaker.openFor = 31s;
    QTest::newRow("settings changed") << next << false;
    next = twoProviders(BreakerScope::Model);
    QTest::newRow("scope changed") << next << false;
    next = twoProviders();
    next.providers.front().baseUrl = "http://elsewhere.test/v1";
    QTest::newRow("address changed") << next << false;
    next = twoProviders();
    next.providers.front().protocol = Protocol::Anthropic;
    QTest::newRow("protocol changed") << next << false;
    next = twoProviders();
    next.providers.erase(next.providers.begin());
    QTest::newRow("provider gone") << next << false;
}

void CircuitBreakersTest::keepsStateOverAReload()
{
    QFETCH(const Config, next);
    QFETCH(const bool, isKept);
    const Config config = twoProviders();
    CircuitBreakers breakers(config);
    expectChange("one", "closed", "open");
    fail(breakers, config);
    if (!isKept)
        expectChange("one", "open", "closed");
    breakers.configure(next);
    QCOMPARE(breakers.isRefused("one", "m", kStart), isKept);
    if (const auto counters = breakers.counters(); counters.contains("one")) // counts never go back
        QCOMPARE(counters.at("one")->transitions[size_t(CircuitState::Open)], 1U);
}

void CircuitBreakersTest::ignoresWhoAsksByAnOldConfiguration_data()
{
    QTest::addColumn<BreakerScope>("scope");
    QTest::addColumn<bool>("hasMoved");
    QTest::newRow("another address") << BreakerScope::Provider << true;
    QTest::newRow("another protocol") << BreakerScope::Provider << false;
    QTest::newRow("another address, models") << BreakerScope::Model << true;
    QTest::newRow("another protocol, models") << BreakerScope::Model << false;
}

void CircuitBreakersTest::ignoresWhoAsksByAnOldConfiguration()
{
    QFETCH(const BreakerScope, scope);
    QFETCH(const bool, hasMoved);
    const Config config = twoProviders(scope);
    CircuitBreakers breakers(config);
    Config next = config;
    if (hasMoved)
        next.providers.front().baseUrl = "http://elsewhere.test/v1";
    else
        next.providers.front().protocol = Protocol::Anthropic;
    breakers.configure(next);
    fail(breakers, config, "m", kStart, 20); // where it was
    QVERIFY(!breakers.isRefused("one", "m", kStart));
}

void CircuitBreakersTest::ignoresResultsForForgottenCircuits()
{
    const Config config = twoProviders();
    CircuitBreakers breakers(config);
    std::vector<CircuitBreakers::Permit> permits;
    for (int i = 0; i < 10; ++i)
        permits.push_back(*breakers.admit(config.providers[0], "m", kStart));
    Config next = config;
    next.circuitBreaker.window = 5min;
    breakers.configure(next);
    for (CircuitBreakers::Permit &permit : permits) {
        QVERIFY(!permit.renew(kStart));
        permit.fail(serverError(), kStart);
    }
    QVERIFY(!breakers.isRefused("one", "m", kStart));
    QCOMPARE(breakers.views(kStart)[0].runningRequests, 0);
    QCOMPARE(breakers.counters().at("one")->transitions[size_t(CircuitState::Open)], 0U);
}

void CircuitBreakersTest::keepsABoundedNumberOfModels()
{
    const Config config = twoProviders(BreakerScope::Model);
    CircuitBreakers breakers(config);
    for (int i = 0; i < 3000; ++i)
        breakers.admit(config.providers[size_t(i % 2)], QByteArray::number(i), kStart)->succeed(kStart);
    QCOMPARE(std::ssize(breakers.views(kStart)), CircuitBreakers::kMaximumCircuits);
    breakers.configure(config);
    breakers.admit(config.providers[0], "one more", kStart)->succeed(kStart);
    QCOMPARE(std::ssize(breakers.views(kStart)), CircuitBreakers::kMaximumCircuits);
}

void CircuitBreakersTest::forgetsTheModelsNobodyUsesFirst()
{
    const Config config = twoProviders(BreakerScope::Model);
    CircuitBreakers breakers(config);
    expectChange("one", "closed", "open");
    fail(breakers, config, "broken", kStart);
    const auto running = *breakers.admit(config.providers[0], "running", kStart);
    TimePoint now = kStart;
    for (int i = 0; i < 2000; ++i) {
        now += 1ms;
        breakers.admit(config.providers[0], "often", now)->succeed(now);
        breakers.admit(config.providers[0], QByteArray::number(i), now)->succeed(now);
    }
    const std::vector<CircuitView> views = breakers.views(now);
    const auto isKnown = [&](const QByteArray &model) {
        return std::ranges::any_of(views, [&](const CircuitView &view) { return view.model == model; });
    };
    QVERIFY(isKnown("broken"));
    QVERIFY(isKnown("running"));
    QVERIFY(isKnown("often"));
    QVERIFY(isKnown("1999"));
    QVERIFY(!isKnown("0"));
}

void CircuitBreakersTest::warnsWhenARouteHasNoTargetLeft()
{
    Config config = twoProviders();
    config.circuitBreaker.failureThreshold = 1;
    RouteConfig route;
    route.name = "main";
    route.targets.push_back({.provider = "one", .model = "m"});
    route.fallback.push_back({.provider = "two", .model = "m"});
    config.routing.routes.push_back(route);
    CircuitBreakers breakers(config);
    expectChange("one", "closed", "open");
    fail(breakers, config, "m", kStart, 1);
    expectChange("two", "closed", "open");
    QTest::ignoreMessage(QtWarningMsg,
                         QRegularExpression(QStringLiteral("^no target of the route has a closed circuit route=main")));
    breakers.admit(config.providers[1], "m", kStart)->fail(serverError(), kStart);
}

void CircuitBreakersTest::takesOrdersByName()
{
    const Config config = twoProviders(BreakerScope::Model);
    CircuitBreakers breakers(config);
    for (const char *model : {"a/b", "c"})
        breakers.admit(config.providers[0], model, kStart)->succeed(kStart);
    QVERIFY(!breakers.reset("nobody"));
    QVERIFY(!breakers.reset("one/unknown"));
    QVERIFY(!breakers.reset("two"));
    expectChange("one", "closed", "open");
    QVERIFY(breakers.forceOpen("one/a/b", kStart, 1min));
    QVERIFY(breakers.isRefused("one", "a/b", kStart + 59s));
    QVERIFY(!breakers.isRefused("one", "c", kStart));
    expectChange("one", "open", "half-open");
    QVERIFY(breakers.forceHalfOpen("one/a/b"));
    expectChange("one", "closed", "open");
    expectChange("one", "half-open", "open");
    QVERIFY(breakers.forceOpen("one", kStart));
    QVERIFY(breakers.isRefused("one", "c", kStart));
    expectChange("one", "open", "closed");
    expectChange("one", "open", "closed");
    QVERIFY(breakers.reset("one"));
    QVERIFY(!breakers.isRefused("one", "a/b", kStart));
}

void CircuitBreakersTest::tellsWhatItKnows()
{
    const Config config = twoProviders();
    CircuitBreakers breakers(config);
    QVERIFY(!breakers.views(kStart)[0].since);
    expectChange("one", "closed", "open");
    fail(breakers, config);
    const std::vector<CircuitView> views = breakers.views(kStart + 1s);
    QCOMPARE(views.size(), 2U);
    QCOMPARE(views[0].provider, "one");
    QCOMPARE(views[0].model, "");
    QCOMPARE(views[0].state, CircuitState::Open);
    QCOMPARE(views[0].cause, "failures");
    QCOMPARE(views[0].lastError, "upstream_error");
    QCOMPARE(views[0].lastStatus, 503);
    QVERIFY(views[0].since && views[0].lastErrorAt);
    QCOMPARE(views[0].counts, (RollingCounts::Totals{.calls = 5, .failures = 5}));
    QCOMPARE(views[0].untilHalfOpen, 29s);
    QCOMPARE(views[1].state, CircuitState::Closed);
    QCOMPARE(breakers.counters().at("one")->transitions[size_t(CircuitState::Open)], 1U);
    QCOMPARE(breakers.views(kStart + 30s)[0].state, CircuitState::HalfOpen);
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::CircuitBreakersTest)
#include "tst_circuit_breakers.moc"
