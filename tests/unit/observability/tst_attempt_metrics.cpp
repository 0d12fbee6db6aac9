// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/observability/metrics.h"

#include "tests/unit/observability/metrics_testing.h"

#include <QTest>

using namespace lunargate;
using namespace lunargate::test;

/// What is counted of each call to a provider.
class tst_attempt_metrics : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void countsAttempts();
    void countsWhyAttemptsFailed();
    void mapsErrorsToOutcomes_data();
    void mapsErrorsToOutcomes();
};

void tst_attempt_metrics::countsAttempts()
{
    Metrics metrics(kNames);
    const auto attempts = [&](const char *provider, const char *outcome) {
        return Exposition(metrics.render())
            .value(QByteArray("lunargate_attempts_total{outcome=\"") + outcome + "\",provider=\"" + provider + "\"}");
    };
    QCOMPARE(attempts("openai", "success"), 0.0);
    metrics.attemptFinished("openai", AttemptOutcome::ServerError);
    metrics.attemptFinished("openai", AttemptOutcome::Success);
    metrics.attemptFinished("openai", AttemptOutcome::Success);
    metrics.attemptFinished("nobody", AttemptOutcome::Timeout);
    QCOMPARE(attempts("openai", "server_error"), 1.0);
    QCOMPARE(attempts("openai", "success"), 2.0);
    QCOMPARE(attempts("anthropic", "success"), 0.0);
    QCOMPARE(attempts("other", "timeout"), 1.0);
    QCOMPARE(attempts("nobody", "timeout"), -1.0);
}

void tst_attempt_metrics::countsWhyAttemptsFailed()
{
    Metrics metrics(kNames);
    const auto failures = [&](const char *provider, const char *reason) {
        return Exposition(metrics.render())
            .value(QByteArray("lunargate_attempt_failures_total{provider=\"") + provider + "\",reason=\"" + reason +
                   "\"}");
    };
    metrics.attemptFailed("openai", {.kind = ErrorKind::UpstreamTransport, .reason = "dns_error", .message = "m"});
    metrics.attemptFailed("openai", {.kind = ErrorKind::UpstreamTransport, .reason = "dns_error", .message = "m"});
    metrics.attemptFailed("nobody", {.kind = ErrorKind::UpstreamTimeout, .reason = "idle_timeout", .message = "m"});
    metrics.attemptFailed("openai", {.kind = ErrorKind::Internal, .reason = "whatever", .message = "m"});
    QCOMPARE(failures("openai", "dns_error"), 2.0);
    QCOMPARE(failures("other", "idle_timeout"), 1.0);
    QCOMPARE(failures("openai", "other"), 1.0);
    QCOMPARE(Exposition(metrics.render()).value(R"(lunargate_attempts_total{outcome="transport",provider="openai"})"),
             2.0);
}

void tst_attempt_metrics::mapsErrorsToOutcomes_data()
{
    QTest::addColumn<ErrorKind>("kind");
    QTest::addColumn<int>("status");
    QTest::addColumn<AttemptOutcome>("outcome");
    using enum ErrorKind;
    QTest::newRow("429") << UpstreamStatus << 429 << AttemptOutcome::RateLimited;
    QTest::newRow("400") << UpstreamStatus << 400 << AttemptOutcome::ClientError;
    QTest::newRow("503") << UpstreamStatus << 503 << AttemptOutcome::ServerError;
    QTest::newRow("timeout") << UpstreamTimeout << 0 << AttemptOutcome::Timeout;
    QTest::newRow("transport") << UpstreamTransport << 0 << AttemptOutcome::Transport;
    QTest::newRow("protocol") << UpstreamProtocol << 0 << AttemptOutcome::Protocol;
    QTest::newRow("deadline of the request") << DeadlineExceeded << 0 << AttemptOutcome::Timeout;
    QTest::newRow("cancelled") << ClientCancelled << 0 << AttemptOutcome::Cancelled;
    QTest::newRow("internal") << Internal << 0 << AttemptOutcome::InternalError;
}

void tst_attempt_metrics::mapsErrorsToOutcomes()
{
    QFETCH(const ErrorKind, kind);
    QFETCH(const int, status);
    QFETCH(const AttemptOutcome, outcome);
    QCOMPARE(attemptOutcome({.kind = kind, .reason = "any", .message = "Any.", .upstreamStatus = status}), outcome);
}

QTEST_APPLESS_MAIN(tst_attempt_metrics)
#include "tst_attempt_metrics.moc"
