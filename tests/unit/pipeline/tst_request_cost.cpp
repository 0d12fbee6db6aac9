// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/request_cost.h"

#include "gateway/config/config.h"

#include <QTest>

using namespace lunargate;

namespace {

/// One provider, whose model `m` costs three dollars per million tokens read, and fifteen written.
PriceBook book()
{
    Config config;
    config.providers.emplace_back().id = "p";
    config.prices["p"] = {{"m", {.input = 3, .output = 15}}};
    return PriceBook(config);
}

RequestRecord served(const QByteArray &model = "m")
{
    return {.asksModel = true,
            .provider = "p",
            .model = model,
            .attempts = 1,
            .status = 200,
            .usage = Usage{.input = 1000, .output = 100}};
}

RequestRecord failed(ErrorKind kind)
{
    RequestRecord record = served();
    record.usage.reset();
    record.setError({.kind = kind, .reason = "r", .message = "m"});
    return record;
}

} // namespace

class RequestCostTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void tellsWhatARequestCost_data()
    {
        QTest::addColumn<RequestRecord>("record");
        QTest::addColumn<QByteArray>("cost"); // amount and source
        const auto row = [](const char *name, RequestRecord record, const char *cost) {
            QTest::newRow(name) << std::move(record) << QByteArray(cost);
        };
        row("served", served(), "0.0045 override");
        row("a model without a price", served("other"), "? unknown");
        RequestRecord record = served();
        record.usage.reset();
        row("the provider told nothing", record, "? unknown");
        record = served();
        record.attempts = 0;
        row("nobody was called", record, "");
        row("all failed", failed(ErrorKind::UpstreamStatus), "");
        row("the client left before the answer", failed(ErrorKind::ClientCancelled), "? unknown");
        record = failed(ErrorKind::UpstreamStatus);
        record.usage = Usage{.input = 1000, .output = 100, .isEstimated = true};
        row("a stream that was cut", record, "0.0045 override, estimated");
        record = served();
        record.attempts = 0;
        record.cacheUse = CacheUse::Hit;
        record.savedUsage = std::exchange(record.usage, std::nullopt);
        row("from the cache", record, "0 cache, saved 0.0045");
        record.savedUsage->cost = 0.5;
        row("from the cache, told by the provider", record, "0 cache, saved 0.5");
        record.savedUsage.reset();
        row("from the cache, nobody knows what it cost", record, "0 cache");
    }
    void tellsWhatARequestCost()
    {
        QFETCH(RequestRecord, record);
        setCost(record, book());
        QByteArray text;
        if (record.cost)
            text = (record.cost->amount ? record.cost->amount->toText() : "?") + ' ' + nameOf(record.cost->source);
        if (record.cost && record.cost->isEstimated)
            text += ", estimated";
        if (record.savedCost)
            text += ", saved " + record.savedCost->toText();
        QTEST(text, "cost");
    }
};

QTEST_GUILESS_MAIN(RequestCostTest)
#include "tst_request_cost.moc"
