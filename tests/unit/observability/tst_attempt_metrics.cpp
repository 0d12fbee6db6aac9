// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/observability/metrics.h"

#include "tests/unit/observability/metrics_testing.h"

#include <QTest>

using namespace lunargate;
using namespace lunargate::test;
using namespace std::chrono_literals;

namespace {

double connections(const Exposition &page, const char *provider, const char *state)
{
    return page.value(QByteArray("lunargate_upstream_connections_total{provider=\"") + provider + "\",state=\"" +
                      state + "\"}");
}

/// How many calls had that phase.
double calls(const Exposition &page, const char *provider, const char *phase)
{
    return page.value(QByteArray("lunargate_upstream_phase_seconds_count{phase=\"") + phase + "\",provider=\"" +
                      provider + "\"}");
}

} // namespace

/// What is counted of each call to a provider.
class tst_attempt_metrics : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void countsAttempts();
    void countsWhyAttemptsFailed();
    void timesPhasesOfNewConnections();
    void timesOnlyTheFirstByteOverReusedConnections();
    void countsNoConnectionThatDidNotComeAbout();
    void phasesHaveKnownProvidersOnly();
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

void tst_attempt_metrics::timesPhasesOfNewConnections()
{
    Metrics metrics(kNames);
    QVERIFY(!metrics.render().contains("lunargate_upstream_"));
    metrics.upstreamReached("openai", {.dns = 2ms, .connect = 20ms, .tls = 40ms, .firstByte = 1500ms});
    metrics.upstreamReached("openai", {.dns = 0us, .connect = 20ms, .firstByte = 500ms});
    const Exposition page(metrics.render());
    QCOMPARE(connections(page, "openai", "new"), 2.0);
    QCOMPARE(connections(page, "openai", "reused"), 0.0);
    QCOMPARE(calls(page, "openai", "dns"), 2.0); // that no name was to be looked up took no time
    QCOMPARE(calls(page, "openai", "connect"), 2.0);
    QCOMPARE(calls(page, "openai", "tls"), 1.0);
    QCOMPARE(calls(page, "openai", "first_byte"), 2.0);
    QCOMPARE(page.value(R"(lunargate_upstream_phase_seconds_sum{phase="first_byte",provider="openai"})"), 2.0);
    QCOMPARE(page.value(R"(lunargate_upstream_phase_seconds_bucket{phase="dns",provider="openai",le="0.001"})"), 1.0);
    QCOMPARE(page.value(R"(lunargate_upstream_phase_seconds_bucket{phase="dns",provider="openai",le="0.0025"})"), 2.0);
    QCOMPARE(connections(page, "anthropic", "new"), -1.0); // nobody was called
}

void tst_attempt_metrics::timesOnlyTheFirstByteOverReusedConnections()
{
    Metrics metrics(kNames);
    metrics.upstreamReached("openai", {.isReused = true, .firstByte = 300ms});
    const Exposition page(metrics.render());
    QCOMPARE(connections(page, "openai", "new"), 0.0);
    QCOMPARE(connections(page, "openai", "reused"), 1.0);
    QCOMPARE(calls(page, "openai", "first_byte"), 1.0);
    for (const char *phase : {"dns", "connect", "tls"})
        QCOMPARE(calls(page, "openai", phase), 0.0);
}

void tst_attempt_metrics::countsNoConnectionThatDidNotComeAbout()
{
    Metrics metrics(kNames);
    metrics.upstreamReached("openai", {.dns = 1ms});
    const Exposition page(metrics.render());
    QCOMPARE(calls(page, "openai", "dns"), 1.0);
    QCOMPARE(calls(page, "openai", "first_byte"), 0.0);
    QCOMPARE(connections(page, "openai", "new"), 0.0);
    QCOMPARE(connections(page, "openai", "reused"), 0.0);
}

void tst_attempt_metrics::phasesHaveKnownProvidersOnly()
{
    Metrics metrics(kNames);
    const PhaseTimes reused{.isReused = true, .firstByte = 1ms};
    metrics.upstreamReached("openai", reused);
    metrics.upstreamReached("nobody", reused);
    metrics.upstreamReached("nobody", reused);
    QCOMPARE(connections(Exposition(metrics.render()), "other", "reused"), 2.0);
    QVERIFY(!metrics.render().contains("nobody"));

    metrics.setKnownNames({.providers = {"nobody"}, .models = {}, .routes = {}});
    metrics.upstreamReached("openai", reused);
    metrics.upstreamReached("nobody", reused);
    const Exposition page(metrics.render());
    QCOMPARE(connections(page, "openai", "reused"), 1.0); // what was counted stays
    QCOMPARE(connections(page, "other", "reused"), 3.0);
    QCOMPARE(connections(page, "nobody", "reused"), 1.0);
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
