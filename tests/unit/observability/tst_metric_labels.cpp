// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/observability/metrics.h"

#include "tests/unit/observability/metrics_testing.h"

#include <QRandomGenerator>
#include <QTest>

using namespace lunargate;
using namespace lunargate::test;

/// Labels have only names that the configuration knows, so that clients cannot add series.
class tst_metric_labels : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void tenThousandUnknownNamesAddOneSeries();
    void knownNamesAreCappedToo();
    void aReloadChangesWhichNamesAreKnown();
    void manyReloadsDoNotUseUpTheCap();
    void labelValuesAreEscaped();
};

void tst_metric_labels::tenThousandUnknownNamesAddOneSeries()
{
    Metrics metrics(kNames);
    metrics.requestFinished(chat());
    const qsizetype before = Exposition(metrics.render()).size();

    RequestRecord record = failedChat(ErrorKind::UpstreamStatus, "upstream_status", 404);
    for (int i = 0; i < 10'000; ++i) {
        const QByteArray random = QByteArray::number(QRandomGenerator::global()->generate64(), 16);
        record.provider = "p" + random;
        record.model = "m" + random;
        record.route = "r" + random;
        record.errorType = "t" + random;
        metrics.requestFinished(record);
        metrics.attemptFinished(record.provider, AttemptOutcome::Success);
    }
    const Exposition text(metrics.render());
    QCOMPARE(text.value(R"(ai_router_requests_total{model="other",provider="other",route="other",status_code="404"})"),
             10'000.0);
    QCOMPARE(text.value(R"(ai_router_provider_errors_total{error_type="other",provider="other"})"), 10'000.0);
    // One request series, one error series, four token series, five of costs, three histograms: 11 + 19 + 20 buckets,
    // 3 sums, 3 counts.
    QCOMPARE(text.size() - before, 1 + 1 + 4 + 5 + 11 + 19 + 20 + 6);
}

void tst_metric_labels::knownNamesAreCappedToo()
{
    KnownNames names = kNames;
    for (int i = 0; i < 10'100; ++i)
        names.models.push_back("m" + QByteArray::number(i));
    Metrics metrics(names);
    RequestRecord record = chat();
    for (int i = 0; i < 10'100; ++i) {
        record.model = "m" + QByteArray::number(i);
        metrics.requestFinished(record);
    }
    const Exposition text(metrics.render());
    QCOMPARE(text.series("ai_router_requests_total").size(), 10'001);
    QCOMPARE(text.sum("ai_router_requests_total"), 10'100.0);
    QCOMPARE(text.value(R"(ai_router_requests_total{model="other",provider="openai",route="other",status_code="200"})"),
             100.0);
}

void tst_metric_labels::aReloadChangesWhichNamesAreKnown()
{
    const QByteArray oldSeries =
        R"(ai_router_requests_total{model="gpt-4o",provider="openai",route="default",status_code="200"})";
    Metrics metrics(kNames);
    metrics.requestFinished(chat());
    metrics.attemptFinished("openai", AttemptOutcome::Success);

    metrics.setKnownNames({.providers = {"groq"}, .models = {"llama"}, .routes = {"default"}});
    metrics.requestFinished(chat());
    RequestRecord record = chat();
    record.provider = "groq";
    record.model = "llama";
    metrics.requestFinished(record);

    const Exposition text(metrics.render());
    QCOMPARE(text.value(oldSeries), 1.0);
    QCOMPARE(text.value(R"(lunargate_attempts_total{outcome="success",provider="openai"})"), 1.0);
    QCOMPARE(
        text.value(R"(ai_router_requests_total{model="other",provider="other",route="default",status_code="200"})"),
        1.0);
    QCOMPARE(text.value(R"(ai_router_requests_total{model="llama",provider="groq",route="default",status_code="200"})"),
             1.0);

    metrics.setKnownNames(kNames);
    metrics.requestFinished(chat());
    QCOMPARE(Exposition(metrics.render()).value(oldSeries), 2.0);
}

void tst_metric_labels::manyReloadsDoNotUseUpTheCap()
{
    Metrics metrics(kNames);
    for (int i = 0; i < 10'100; ++i) {
        metrics.setKnownNames(kNames);
        metrics.requestFinished(chat());
    }
    RequestRecord record = chat();
    record.model = "claude-sonnet-4-5";
    metrics.requestFinished(record);
    QVERIFY(Exposition(metrics.render())
                .contains(R"(ai_router_requests_total{model="claude-sonnet-4-5",provider="openai",route="default",)"
                          R"(status_code="200"})"));
}

void tst_metric_labels::labelValuesAreEscaped()
{
    const QByteArray route = "a\"b\\c\nd";
    Metrics metrics({.providers = {"openai"}, .models = {"gpt-4o"}, .routes = {route}});
    RequestRecord record = chat();
    record.route = route;
    metrics.requestFinished(record);
    const QByteArray series = R"(ai_router_requests_total{model="gpt-4o",provider="openai",route="a\"b\\c\nd",)"
                              R"(status_code="200"})";
    QVERIFY(Exposition(metrics.render()).contains(series));
}

QTEST_APPLESS_MAIN(tst_metric_labels)
#include "tst_metric_labels.moc"
