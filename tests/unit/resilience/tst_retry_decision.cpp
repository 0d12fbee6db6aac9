// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/http/header_list.h"
#include "gateway/resilience/retry_decision.h"

#include <QTest>

using namespace lunargate;

namespace {

using Action = RetryDecision::Action;
constexpr Action Retry = Action::RetrySameTarget;
constexpr Action Next = Action::NextTarget;
constexpr Action GiveUp = Action::GiveUp;
constexpr Action Exhausted = Action::Exhausted;

AttemptFailure failure(ErrorKind kind, int status = 0)
{
    return {.error = {.kind = kind, .reason = "x", .message = "x", .upstreamStatus = status}};
}

AttemptFailure answered(int status)
{
    return failure(ErrorKind::UpstreamStatus, status);
}

// The middle of the spread: no jitter.
constexpr double kMiddle = 0.5;

} // namespace

Q_DECLARE_METATYPE(lunargate::AttemptFailure)

class TestRetryDecision : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void whatMayBeDoneIsNotRepeated_data()
    {
        QTest::addColumn<AttemptFailure>("outcome");
        QTest::addColumn<bool>("isRepeated");
        const auto transport = [](ErrorKind kind, const char *reason) {
            return AttemptFailure{.error = {.kind = kind, .reason = reason, .message = "x"}};
        };
        QTest::newRow("refused connection") << transport(ErrorKind::UpstreamTransport, "connect_error") << true;
        QTest::newRow("unknown name") << transport(ErrorKind::UpstreamTransport, "dns_error") << true;
        QTest::newRow("no TLS") << transport(ErrorKind::UpstreamTransport, "tls_error") << true;
        QTest::newRow("slow connection") << transport(ErrorKind::UpstreamTimeout, "connect_timeout") << true;
        QTest::newRow("429") << answered(429) << true;
        QTest::newRow("503") << answered(503) << true;
        QTest::newRow("broken connection") << transport(ErrorKind::UpstreamTransport, "connection_reset") << false;
        QTest::newRow("silence") << transport(ErrorKind::UpstreamTimeout, "header_timeout") << false;
        QTest::newRow("500") << answered(500) << false;
        QTest::newRow("504") << answered(504) << false;
        QTest::newRow("senseless answer") << failure(ErrorKind::UpstreamProtocol) << false;
    }

    void whatMayBeDoneIsNotRepeated()
    {
        QFETCH(const AttemptFailure, outcome);
        QFETCH(const bool, isRepeated);
        RetryPlan plan;
        QCOMPARE(decide(outcome, {}, plan, kMiddle).action, Retry);
        plan.mayRepeatDone = false;
        QCOMPARE(decide(outcome, {}, plan, kMiddle).action, isRepeated ? Retry : GiveUp);
    }

    void aBodyThatIsGoneIsTheEnd()
    {
        AttemptFailure outcome = failure(ErrorKind::UpstreamTransport);
        QCOMPARE(decide(outcome, {1, true}, {}, kMiddle).action, Retry);
        outcome.isBodyGone = true;
        QCOMPARE(decide(outcome, {1, true}, {}, kMiddle).action, GiveUp);
    }

    void decidesByWhatWentWrong_data()
    {
        QTest::addColumn<AttemptFailure>("outcome");
        QTest::addColumn<Action>("withNext");      // another target is left
        QTest::addColumn<Action>("withoutNext");   // this is the last target
        QTest::addColumn<Action>("whenExhausted"); // last attempt at this target, another one is left
        const auto row = [](const char *scenario, const AttemptFailure &outcome, Action withNext, Action withoutNext,
                            Action whenExhausted) {
            QTest::newRow(scenario) << outcome << withNext << withoutNext << whenExhausted;
        };
        row("transport", failure(ErrorKind::UpstreamTransport), Retry, Retry, Next);
        row("timeout", failure(ErrorKind::UpstreamTimeout), Retry, Retry, Next);
        row("senseless answer", failure(ErrorKind::UpstreamProtocol), Retry, Retry, Next);
        // The last ten stand for one of the first five.
        for (const int status : {429, 500, 502, 503, 504, 408, 409, 425, 498, 520, 521, 522, 523, 524, 529})
            row(QByteArray::number(status).constData(), answered(status), Retry, Retry, Next);
        for (const int status : {501, 505, 530})
            row(QByteArray::number(status).constData(), answered(status), Next, Exhausted, Next);
        for (const int status : {401, 402, 403, 404})
            row(QByteArray::number(status).constData(), answered(status), Next, Exhausted, Next);
        for (const int status : {400, 405, 413, 422, 499})
            row(QByteArray::number(status).constData(), answered(status), GiveUp, GiveUp, GiveUp);
        row("redirect", answered(302), Next, Exhausted, Next);
        row("breaker open", failure(ErrorKind::Overloaded), Next, Exhausted, Next);
        row("our bad request", failure(ErrorKind::InvalidRequest), GiveUp, GiveUp, GiveUp);
        AttemptFailure noEmbeddings = failure(ErrorKind::InvalidRequest);
        noEmbeddings.error.reason = "embeddings_not_supported";
        row("no embeddings at this target", noEmbeddings, Next, Exhausted, Next);
        AttemptFailure noEndpoint = failure(ErrorKind::InvalidRequest);
        noEndpoint.error.reason = "endpoint_not_supported";
        row("no such endpoint at this target", noEndpoint, Next, Exhausted, Next);
        row("our fault", failure(ErrorKind::Internal), GiveUp, GiveUp, GiveUp);
        row("client gone", failure(ErrorKind::ClientCancelled), GiveUp, GiveUp, GiveUp);

        AttemptFailure byCode = answered(429);
        byCode.upstreamCode = "insufficient_quota";
        row("429 without credit, by code", byCode, Next, Exhausted, Next);
        AttemptFailure byType = answered(429);
        byType.error.upstreamType = "insufficient_quota";
        byType.shouldRetry = true;
        row("429 without credit, by type", byType, Next, Exhausted, Next);

        AttemptFailure hopeless = answered(503);
        hopeless.shouldRetry = false;
        row("upstream says no retry", hopeless, Next, Exhausted, Next);
        AttemptFailure badRequest = answered(400);
        badRequest.shouldRetry = false;
        row("upstream says no retry, 400", badRequest, GiveUp, GiveUp, GiveUp);
        AttemptFailure locked = answered(423);
        locked.shouldRetry = true;
        row("upstream says retry", locked, Retry, Retry, Next);

        AttemptFailure tooLate = failure(ErrorKind::UpstreamTransport);
        tooLate.hasAnswerStarted = true;
        row("after the first byte", tooLate, GiveUp, GiveUp, GiveUp);
        AttemptFailure stalled = failure(ErrorKind::UpstreamTimeout);
        stalled.hasAnswerStarted = true;
        row("stalled after the first byte", stalled, GiveUp, GiveUp, GiveUp);
    }

    void decidesByWhatWentWrong()
    {
        QFETCH(AttemptFailure, outcome);
        QFETCH(Action, withNext);
        QFETCH(Action, withoutNext);
        QFETCH(Action, whenExhausted);
        const RetryPlan plan;
        QCOMPARE(decide(outcome, {.attempt = 1, .hasNextTarget = true}, plan, kMiddle).action, withNext);
        QCOMPARE(decide(outcome, {.attempt = 1, .hasNextTarget = false}, plan, kMiddle).action, withoutNext);
        QCOMPARE(decide(outcome, {.attempt = 3, .hasNextTarget = true}, plan, kMiddle).action, whenExhausted);
        QCOMPARE(decide(outcome, {.attempt = 3, .hasNextTarget = false}, plan, kMiddle).action,
                 whenExhausted == GiveUp ? GiveUp : Exhausted);
    }

    void makesOneAttemptPerTargetWithoutRetries_data()
    {
        QTest::addColumn<bool>("isEnabled");
        QTest::addColumn<int>("maxAttempts");
        QTest::addColumn<QByteArray>("header");
        QTest::addColumn<int>("attempts");
        QTest::newRow("default") << true << 3 << QByteArray() << 3;
        QTest::newRow("disabled") << false << 3 << QByteArray() << 1;
        QTest::newRow("no-retry header") << true << 3 << QByteArray("true") << 1;
        QTest::newRow("no-retry header, blanks and capitals") << true << 3 << QByteArray(" TRUE ") << 1;
        QTest::newRow("header that says something else") << true << 3 << QByteArray("1") << 3;
        QTest::newRow("zero attempts") << true << 0 << QByteArray() << 1;
        QTest::newRow("negative attempts") << true << -1 << QByteArray() << 1;
        QTest::newRow("one attempt") << true << 1 << QByteArray() << 1;
    }

    void makesOneAttemptPerTargetWithoutRetries()
    {
        QFETCH(bool, isEnabled);
        QFETCH(int, maxAttempts);
        QFETCH(QByteArray, header);
        QFETCH(int, attempts);
        RetryConfig config;
        config.enabled = isEnabled;
        config.maxAttempts = maxAttempts;
        const RetryPlan plan = makeRetryPlan(config, {{"x-lunargate-no-retry", header}});
        QCOMPARE(plan.attemptsPerTarget(), attempts);
        // Whatever is retried must still fall over when its attempts are used up.
        for (const AttemptFailure &outcome : {answered(429), answered(503), failure(ErrorKind::UpstreamTransport)}) {
            int attempt = 1;
            while (decide(outcome, {.attempt = attempt, .hasNextTarget = true}, plan, kMiddle).action == Retry)
                ++attempt;
            QCOMPARE(attempt, attempts);
            QCOMPARE(decide(outcome, {.attempt = attempt, .hasNextTarget = true}, plan, kMiddle).action, Next);
            QCOMPARE(decide(outcome, {.attempt = attempt, .hasNextTarget = false}, plan, kMiddle).action, Exhausted);
        }
    }

    void retriesTheStatusesOfTheConfiguration()
    {
        RetryPlan plan;
        plan.config.retryableErrors = {404, 529};
        for (const int status : {408, 409, 498, 520})
            QCOMPARE(decide(answered(status), {.attempt = 1, .hasNextTarget = true}, plan, kMiddle).action, Next);
        QCOMPARE(decide(answered(404), {.attempt = 1, .hasNextTarget = true}, plan, kMiddle).action, Retry);
        QCOMPARE(decide(answered(529), {.attempt = 1, .hasNextTarget = true}, plan, kMiddle).action, Retry);
        QCOMPARE(decide(answered(503), {.attempt = 1, .hasNextTarget = true}, plan, kMiddle).action, Next);
        QCOMPARE(decide(answered(429), {.attempt = 1, .hasNextTarget = true}, plan, kMiddle).action, GiveUp);
    }

    void fallsBackOnWhatTheRouteSays_data()
    {
        QTest::addColumn<AttemptFailure>("outcome");
        QTest::addColumn<FallbackTriggers>("hit");    // leads to the next target
        QTest::addColumn<FallbackTriggers>("missed"); // does not
        QTest::addColumn<bool>("isRetried");          // at the same target, before that
        FallbackTriggers all{.statuses = {{400, 599}},
                             .timeout = true,
                             .transport = true,
                             .openCircuit = true,
                             .contextLength = true,
                             .contentFilter = true};
        const auto row = [&](const char *name, const AttemptFailure &outcome, const FallbackTriggers &hit,
                             const FallbackTriggers &missed,
                             bool isRetried) { QTest::newRow(name) << outcome << hit << missed << isRetried; };
        const auto with = [](auto member) {
            FallbackTriggers triggers;
            triggers.*member = true;
            return triggers;
        };
        const auto without = [&](auto member) {
            FallbackTriggers triggers = all;
            triggers.*member = false;
            return triggers;
        };
        using T = FallbackTriggers;
        row("400", answered(400), {.statuses = {{400, 400}}}, {.statuses = {{401, 599}}, .transport = true}, false);
        row("422 in a range", answered(422), {.statuses = {{400, 400}, {420, 425}}}, {.statuses = {{400, 421}}}, false);
        row("429", answered(429), {.statuses = {{429, 429}}}, {.statuses = {{500, 599}}}, true);
        row("503", answered(503), {.statuses = {{500, 599}}}, {.statuses = {{429, 429}}, .timeout = true}, true);
        row("529 is a status of its own", answered(529), {.statuses = {{529, 529}}}, {.statuses = {{503, 503}}}, true);
        row("401", answered(401), {.statuses = {{401, 401}}}, {.statuses = {{500, 599}}}, false);
        row("timeout", failure(ErrorKind::UpstreamTimeout), with(&T::timeout), without(&T::timeout), true);
        AttemptFailure noConnection = failure(ErrorKind::UpstreamTimeout);
        noConnection.error.reason = "connect_timeout";
        T neither = without(&T::timeout);
        neither.transport = false;
        row("connect timeout as timeout", noConnection, with(&T::timeout), neither, true);
        row("connect timeout as transport", noConnection, with(&T::transport), neither, true);
        row("transport", failure(ErrorKind::UpstreamTransport), with(&T::transport), without(&T::transport), true);
        row("protocol", failure(ErrorKind::UpstreamProtocol), with(&T::transport), without(&T::transport), true);
        row("open circuit", failure(ErrorKind::Overloaded), with(&T::openCircuit), without(&T::openCircuit), false);
        AttemptFailure tooLong = answered(400);
        tooLong.error.refusal = Refusal::ContextLength;
        row("context length", tooLong, with(&T::contextLength), with(&T::contentFilter), false);
        row("context length by its status", tooLong, {.statuses = {{400, 400}}}, with(&T::contentFilter), false);
        AttemptFailure filtered = answered(400);
        filtered.error.refusal = Refusal::ContentFilter;
        row("content filter", filtered, with(&T::contentFilter), with(&T::contextLength), false);
        for (const ErrorKind kind : {ErrorKind::InvalidRequest, ErrorKind::Internal, ErrorKind::ClientCancelled,
                                     ErrorKind::DeadlineExceeded}) {
            const RetryPlan plan{.fallbackOn = &all};
            QCOMPARE(decide(failure(kind), {.attempt = 1, .hasNextTarget = true}, plan, kMiddle).action, GiveUp);
        }
    }

    void fallsBackOnWhatTheRouteSays()
    {
        QFETCH(AttemptFailure, outcome);
        QFETCH(FallbackTriggers, hit);
        QFETCH(FallbackTriggers, missed);
        QFETCH(bool, isRetried);
        const RetryPlan onHit{.fallbackOn = &hit};
        const RetryPlan onMissed{.fallbackOn = &missed};
        const auto action = [&](int attempt, bool hasNextTarget, const RetryPlan &plan) {
            return decide(outcome, {.attempt = attempt, .hasNextTarget = hasNextTarget}, plan, kMiddle).action;
        };
        QCOMPARE(action(1, true, onHit), isRetried ? Retry : Next);
        QCOMPARE(action(3, true, onHit), Next);
        QCOMPARE(action(3, false, onHit), Exhausted);
        QCOMPARE(action(1, true, onMissed) == Retry, isRetried);
        QVERIFY(action(3, true, onMissed) == Exhausted || action(3, true, onMissed) == GiveUp);
        QCOMPARE(action(3, true, onMissed), action(3, false, RetryPlan())); // as without another target
    }

    void waitsNoLongerThanTheRequestMayTake_data()
    {
        QTest::addColumn<qint64>("timeLeftMs");
        QTest::addColumn<Action>("withNext");
        QTest::addColumn<Action>("withoutNext");
        QTest::newRow("enough") << qint64{1'001} << Retry << Retry;
        QTest::newRow("over when the wait is") << qint64{1'000} << Next << Exhausted;
        QTest::newRow("too little") << qint64{500} << Next << Exhausted;
        QTest::newRow("nothing") << qint64{0} << Exhausted << Exhausted;
        QTest::newRow("less than that") << qint64{-5} << Exhausted << Exhausted;
    }

    void waitsNoLongerThanTheRequestMayTake()
    {
        QFETCH(qint64, timeLeftMs);
        const milliseconds left{timeLeftMs};
        QTEST(decide(answered(503), {1, true, left}, RetryPlan{}, kMiddle).action, "withNext");
        QTEST(decide(answered(503), {1, false, left}, RetryPlan{}, kMiddle).action, "withoutNext");
    }

    void waitsAsLongAsAsked_data()
    {
        QTest::addColumn<qint64>("askedMs");
        QTest::addColumn<bool>("hasNextTarget");
        QTest::addColumn<Action>("action");
        QTest::addColumn<qint64>("delayMs");
        QTest::newRow("within the limit") << qint64{7'000} << true << Retry << qint64{7'000};
        QTest::newRow("at the limit") << qint64{30'000} << true << Retry << qint64{30'000};
        QTest::newRow("too long, another target") << qint64{30'001} << true << Next << qint64{0};
        QTest::newRow("too long, last target") << qint64{600'000} << false << Retry << qint64{30'000};
        QTest::newRow("zero is no wish") << qint64{0} << true << Retry << qint64{1'000};
    }

    void waitsAsLongAsAsked()
    {
        QFETCH(qint64, askedMs);
        QFETCH(bool, hasNextTarget);
        AttemptFailure outcome = answered(429);
        outcome.error.retryAfter = milliseconds{askedMs};
        // The jitter of our own back-off must not shorten what the provider asked for.
        const RetryDecision decision =
            decide(outcome, {.attempt = 1, .hasNextTarget = hasNextTarget}, RetryPlan{}, kMiddle);
        QTEST(decision.action, "action");
        QTEST(qint64{decision.delay.count()}, "delayMs");
    }

    void doesNotSpreadAWaitThatWasAskedFor()
    {
        AttemptFailure outcome = answered(429);
        outcome.error.retryAfter = 5s;
        for (const double random : {0.0, 0.999}) {
            const RetryDecision expected{Retry, 5s};
            QVERIFY(decide(outcome, {.attempt = 1, .hasNextTarget = true}, RetryPlan{}, random) == expected);
        }
    }

    void backsOffExponentially_data()
    {
        QTest::addColumn<int>("attempt");
        QTest::addColumn<double>("random");
        QTest::addColumn<qint64>("delayMs");
        QTest::newRow("first") << 1 << 0.5 << qint64{1'000};
        QTest::newRow("second") << 2 << 0.5 << qint64{2'000};
        QTest::newRow("fifth") << 5 << 0.5 << qint64{16'000};
        QTest::newRow("capped") << 6 << 0.5 << qint64{30'000};
        QTest::newRow("far beyond the cap") << 100'000 << 0.5 << qint64{30'000};
        QTest::newRow("earliest") << 1 << 0.0 << qint64{900};
        QTest::newRow("latest") << 1 << 1.0 << qint64{1'100};
        QTest::newRow("earliest at the cap") << 9 << 0.0 << qint64{27'000};
        QTest::newRow("never above the cap") << 9 << 1.0 << qint64{30'000};
    }

    void backsOffExponentially()
    {
        QFETCH(int, attempt);
        QFETCH(double, random);
        QTEST(qint64{backoffDelay(RetryConfig{}, attempt, random).count()}, "delayMs");
    }

    void staysWithinLimitsForOddConfigurations()
    {
        RetryConfig config;
        config.jitterFactor = 10;
        QCOMPARE(backoffDelay(config, 1, 0.0), 0ms);
        QCOMPARE(backoffDelay(config, 9, 0.999), 30s);
        config = {};
        config.maxDelay = 0ms;
        QCOMPARE(backoffDelay(config, 1, 0.5), 0ms);
        config = {};
        config.initialDelay = -1s;
        QCOMPARE(backoffDelay(config, 3, 0.5), 0ms);
        config = {};
        config.initialDelay = 0ms; // times an infinite power
        QCOMPARE(backoffDelay(config, 100'000, 0.5), 0ms);
        config = {};
        config.multiplier = 1;
        QCOMPARE(backoffDelay(config, 50, 0.5), 1s);
    }
};

QTEST_APPLESS_MAIN(TestRetryDecision)
#include "tst_retry_decision.moc"
