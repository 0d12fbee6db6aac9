// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/attempt_deadlines.h"
#include "gateway/routing/route_plan.h"

#include <QTest>

namespace lunargate {

using Phase = AttemptDeadlines::Phase;
using Limit = AttemptDeadlines::Limit;

/// Which limit ends which wait of an attempt, and how it is told.
class AttemptDeadlinesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void theEarliestLimitEndsAWait_data();
    void theEarliestLimitEndsAWait();
    void tellsWhichLimitItWas_data();
    void tellsWhichLimitItWas();
    void theRequestsDeadlineEndsWhenTheClientHasAPart();
    void theTimeOfASlowClientIsNotTheProviders();
    void leavesOtherErrorsAsTheyAre();
    void theRoutesRequestTimeoutWins();
    void theConnectionHasALimit();
};

namespace {

const TimePoint kStart = TimePoint() + 1000s;

ProviderConfig provider(milliseconds timeout, TimeoutMode mode, milliseconds idle, const TimeoutsConfig &timeouts = {})
{
    ProviderConfig config;
    config.id = "p";
    config.timeout = timeout;
    config.timeoutMode = mode;
    config.idleTimeout = idle;
    config.timeouts = timeouts;
    return config;
}

milliseconds sinceStart(TimePoint at)
{
    return at == kNever ? -1ms : std::chrono::duration_cast<milliseconds>(at - kStart);
}

Error timeout(const char *reason = "read_timeout")
{
    return {.kind = ErrorKind::UpstreamTimeout, .reason = reason, .message = "waited, after 7 s"};
}

} // namespace

void AttemptDeadlinesTest::theEarliestLimitEndsAWait_data()
{
    QTest::addColumn<ProviderConfig>("config");
    QTest::addColumn<milliseconds>("request"); // after the start; 0: none
    QTest::addColumn<milliseconds>("head");    // here and below; -1: never
    QTest::addColumn<milliseconds>("firstContent");
    QTest::addColumn<milliseconds>("nextPiece"); // asked for 100 ms after the start
    constexpr auto FirstToken = TimeoutMode::FirstToken;
    constexpr auto Total = TimeoutMode::Total;
    const auto row = [](const char *name, const ProviderConfig &config, milliseconds request, milliseconds head,
                        milliseconds firstContent, milliseconds nextPiece) {
        QTest::newRow(name) << config << request << head << firstContent << nextPiece;
    };
    row("first token", provider(50ms, FirstToken, 30ms), 0ms, 50ms, 50ms, 130ms);
    row("total", provider(150ms, Total, 30ms), 0ms, 150ms, 150ms, 130ms);
    row("total, long silence allowed", provider(150ms, Total, 1h), 0ms, 150ms, 150ms, 150ms);
    row("no limit at all", provider(0ms, FirstToken, 0ms), 0ms, -1ms, -1ms, -1ms);
    row("head", provider(50ms, FirstToken, 0ms, {.headers = 20ms}), 0ms, 20ms, 50ms, -1ms);
    row("head later than the content", provider(50ms, FirstToken, 0ms, {.headers = 70ms}), 0ms, 50ms, 50ms, -1ms);
    row("content, for timeout", provider(50ms, FirstToken, 0ms, {.firstContent = 70ms}), 0ms, 70ms, 70ms, -1ms);
    row("content without limit", provider(50ms, FirstToken, 0ms, {.firstContent = 0ms}), 0ms, -1ms, -1ms, -1ms);
    row("content beside the total of timeout", provider(150ms, Total, 0ms, {.firstContent = 70ms}), 0ms, 70ms, 70ms,
        150ms);
    row("total, for timeout", provider(150ms, Total, 0ms, {.total = 120ms}), 0ms, 120ms, 120ms, 120ms);
    row("total beside the first token", provider(50ms, FirstToken, 0ms, {.total = 120ms}), 0ms, 50ms, 50ms, 120ms);
    row("between chunks, for idle_timeout", provider(0ms, FirstToken, 1h, {.betweenChunks = 5ms}), 0ms, -1ms, -1ms,
        105ms);
    row("between chunks without limit", provider(0ms, FirstToken, 1s, {.betweenChunks = 0ms}), 0ms, -1ms, -1ms, -1ms);
    row("the request's", provider(50ms, FirstToken, 30ms), 40ms, 40ms, 40ms, 40ms);
    row("the request's, far away", provider(50ms, FirstToken, 30ms), 1h, 50ms, 50ms, 130ms);
}

void AttemptDeadlinesTest::theEarliestLimitEndsAWait()
{
    QFETCH(const ProviderConfig, config);
    QFETCH(const milliseconds, request);
    RequestDeadline deadline;
    if (request > 0ms)
        deadline.at = kStart + request;
    const AttemptDeadlines deadlines(config, deadline, kStart);
    QTEST(sinceStart(deadlines.head().at), "head");
    QTEST(sinceStart(deadlines.firstContent().at), "firstContent");
    QTEST(sinceStart(deadlines.nextPiece(kStart + 100ms).at), "nextPiece");
}

void AttemptDeadlinesTest::tellsWhichLimitItWas_data()
{
    QTest::addColumn<ProviderConfig>("config");
    QTest::addColumn<Phase>("phase");
    QTest::addColumn<QByteArray>("reason");
    QTest::addColumn<QByteArray>("words");
    const auto row = [](const char *name, const ProviderConfig &config, Phase phase, const char *reason,
                        const char *words) {
        QTest::newRow(name) << config << phase << QByteArray(reason) << QByteArray(words);
    };
    const ProviderConfig older = provider(50ms, TimeoutMode::FirstToken, 30ms);
    const ProviderConfig olderTotal = provider(50ms, TimeoutMode::Total, 0ms);
    const ProviderConfig headers = provider(50ms, TimeoutMode::FirstToken, 30ms, {.headers = 9ms});
    const ProviderConfig content = provider(50ms, TimeoutMode::FirstToken, 30ms, {.firstContent = 9ms});
    const ProviderConfig pieces = provider(50ms, TimeoutMode::FirstToken, 30ms, {.betweenChunks = 9ms});
    const ProviderConfig total = provider(50ms, TimeoutMode::FirstToken, 30ms, {.total = 9ms});
    row("timeout, no head", older, Phase::Head, "header_timeout", "(provider 'p', timeout 50 ms)");
    row("timeout, no content", older, Phase::FirstContent, "first_byte_timeout", "(provider 'p', timeout 50 ms)");
    row("timeout as total, no head", olderTotal, Phase::Head, "header_timeout", "(provider 'p', timeout 50 ms)");
    row("timeout as total", olderTotal, Phase::FirstContent, "total_timeout", "(provider 'p', timeout 50 ms)");
    row("timeout as total, later", olderTotal, Phase::Rest, "total_timeout", "(provider 'p', timeout 50 ms)");
    row("idle_timeout", older, Phase::Rest, "idle_timeout", "(provider 'p', idle_timeout 30 ms)");
    row("headers", headers, Phase::Head, "header_timeout", "(provider 'p', timeouts.headers 9 ms)");
    row("first_content, no head", content, Phase::Head, "header_timeout",
        "(provider 'p', timeouts.first_content 9 ms)");
    row("first_content", content, Phase::FirstContent, "first_byte_timeout",
        "(provider 'p', timeouts.first_content 9 ms)");
    row("between_chunks", pieces, Phase::Rest, "idle_timeout", "(provider 'p', timeouts.between_chunks 9 ms)");
    row("total", total, Phase::FirstContent, "total_timeout", "(provider 'p', timeouts.total 9 ms)");
    row("total, later", total, Phase::Rest, "total_timeout", "(provider 'p', timeouts.total 9 ms)");
}

void AttemptDeadlinesTest::tellsWhichLimitItWas()
{
    QFETCH(const ProviderConfig, config);
    QFETCH(const Phase, phase);
    QFETCH(const QByteArray, reason);
    QFETCH(const QByteArray, words);
    const AttemptDeadlines deadlines(config, {}, kStart);
    const Limit limit = phase == Phase::Head           ? deadlines.head()
                        : phase == Phase::FirstContent ? deadlines.firstContent()
                                                       : deadlines.nextPiece(kStart);
    const Error error = deadlines.explain(timeout(), phase, limit);
    QCOMPARE(error.kind, ErrorKind::UpstreamTimeout);
    QCOMPARE(error.reason, reason);
    QVERIFY2(error.message.endsWith(words), error.message.constData());
    QCOMPARE(error.detail, "waited, after 7 s"); // for the log
}

void AttemptDeadlinesTest::theRequestsDeadlineEndsWhenTheClientHasAPart()
{
    const ProviderConfig config = provider(50ms, TimeoutMode::FirstToken, 30ms);
    AttemptDeadlines deadlines(config, {.at = kStart + 10ms, .value = 10ms}, kStart);
    const Error error = deadlines.explain(timeout(), Phase::Rest, deadlines.nextPiece(kStart));
    QCOMPARE(error.kind, ErrorKind::DeadlineExceeded);
    QCOMPARE(error.reason, "request_timeout");
    QVERIFY(error.message.contains("10 ms (routing.request_timeout)"));
    deadlines.commit();
    QCOMPARE(sinceStart(deadlines.nextPiece(kStart).at), 30ms);
}

void AttemptDeadlinesTest::theTimeOfASlowClientIsNotTheProviders()
{
    const ProviderConfig config = provider(0ms, TimeoutMode::FirstToken, 0ms, {.total = 120ms});
    AttemptDeadlines deadlines(config, {}, kStart);
    deadlines.excuse(100ms);
    deadlines.excuse(30ms);
    QCOMPARE(sinceStart(deadlines.nextPiece(kStart).at), 250ms);
    const ProviderConfig unlimited = provider(0ms, TimeoutMode::FirstToken, 0ms);
    AttemptDeadlines none(unlimited, {}, kStart);
    none.excuse(100ms);
    QCOMPARE(none.nextPiece(kStart).at, kNever);
}

void AttemptDeadlinesTest::leavesOtherErrorsAsTheyAre()
{
    const ProviderConfig config = provider(50ms, TimeoutMode::FirstToken, 30ms);
    const AttemptDeadlines deadlines(config, {}, kStart);
    const Error broken{.kind = ErrorKind::UpstreamTransport, .reason = "connection_closed", .message = "broke"};
    const Error explained = deadlines.explain(broken, Phase::Head, deadlines.head());
    QCOMPARE(explained.reason, broken.reason);
    QCOMPARE(explained.message, broken.message);
    const Error connect = deadlines.explain(timeout("connect_timeout"), Phase::Head, deadlines.head());
    QCOMPARE(connect.reason, "connect_timeout");
    QCOMPARE(connect.message, "waited, after 7 s (provider 'p', connect_timeout 30000 ms)");
}

void AttemptDeadlinesTest::theRoutesRequestTimeoutWins()
{
    Config config;
    RouteConfig route;
    route.name = "r";
    RoutePlan plan{.routeName = "r", .candidates = {}, .route = &route};
    QCOMPARE(requestDeadline(config, plan, kStart).at, kNever);
    config.routing.requestTimeout = 5s;
    QCOMPARE(sinceStart(requestDeadline(config, plan, kStart).at), 5s);
    const auto words = [&] { return requestTimeout(requestDeadline(config, plan, kStart), "p", {}).message; };
    QVERIFY(words().contains("5000 ms (routing.request_timeout)"));
    route.requestTimeout = 3s;
    QCOMPARE(sinceStart(requestDeadline(config, plan, kStart).at), 3s);
    QVERIFY(words().contains("3000 ms (request_timeout of route 'r')"));
    route.requestTimeout = 0ms; // no limit
    QCOMPARE(requestDeadline(config, plan, kStart).at, kNever);
    plan.route = nullptr; // a provider without a route
    QCOMPARE(sinceStart(requestDeadline(config, plan, kStart).at), 5s);
}

void AttemptDeadlinesTest::theConnectionHasALimit()
{
    ProviderConfig config;
    config.connectTimeout = 4s;
    QCOMPARE(connectTimeout(config), 4s);
    config.timeouts.connect = 2s;
    QCOMPARE(connectTimeout(config), 2s);
    config.timeouts.connect = 0ms;
    QCOMPARE(connectTimeout(config), 0ms);
}

} // namespace lunargate

QTEST_APPLESS_MAIN(lunargate::AttemptDeadlinesTest)
#include "tst_attempt_deadlines.moc"
