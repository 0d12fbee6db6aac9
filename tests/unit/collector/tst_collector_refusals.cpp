// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/wait.h"
#include "tests/unit/collector/sender_fixture.h"

#include <QRegularExpression>
#include <QTest>

#include <algorithm>

using namespace lunargate;
using namespace lunargate::test;
using Wake = CollectorQueue::Wake;

namespace {

constexpr Sharing kAll{.prompts = true, .responses = true};

/// A collector that answers with `status` to what has one of these texts in it.
struct RefusingCollector : SenderFixture
{
    RefusingCollector(int status, QByteArrayList texts)
    {
        answer = [this, status, texts = std::move(texts)] {
            const QByteArray &body = requests.back().body;
            const bool isRefused =
                std::ranges::any_of(texts, [&body](const QByteArray &text) { return body.contains(text); });
            return Script(isRefused ? status : 200);
        };
    }
};

void expectLoss()
{
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("refused events; they are lost")));
}

} // namespace

/// What the collector refuses for what is in it.
class CollectorRefusalsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void onlyWhatIsRefusedIsLost_data()
    {
        QTest::addColumn<int>("status");
        for (const int status : {400, 413, 422})
            QTest::addRow("%d", status) << status;
    }
    void onlyWhatIsRefusedIsLost()
    {
        QFETCH(int, status);
        RefusingCollector f(status, {"\"request_id\":\"3\"", "\"request_id\":\"7\""});
        f.sender.apply(sharingSettings());
        for (int i = 0; i < 10; ++i)
            f.add(i);
        expectLoss(); // once
        f.sender.wake(Wake::Now);
        QCOMPARE(f.received(), (std::vector<int>{0, 1, 2, 4, 5, 6, 8, 9}));
        QCOMPARE(f.sender.sent(), 8);
        QCOMPARE(f.sender.failed(), 2);
        QCOMPARE(f.sender.refusedEvents(), 2);
        QCOMPARE(f.sender.beingSent(), 0);
        QVERIFY(f.pauses.empty());
    }

    void aCollectorThatTakesNothingIsNotAskedForEachEvent()
    {
        SenderFixture f;
        f.answer = [&f] { return Script(f.requests.size() == 49 ? 200 : 400); };
        muted([&] {
            f.sender.apply(sharingSettings());
            for (int i = 0; i < 60; ++i)
                f.add(i);
            f.sender.wake(Wake::Now);
        });
        // A batch of ten would take 19 calls. Only after something was taken it is as at the beginning.
        QCOMPARE(f.pauses, (std::vector<std::chrono::milliseconds>{500ms, 1s, 2s, 500ms, 1s}));
        QCOMPARE(f.requests.size(), 5u * 16 + 1);
        QCOMPARE(f.sender.sent(), 10);
        QCOMPARE(f.sender.failed(), 50);
        QCOMPARE(f.sender.refusedEvents(), 50);
        QCOMPARE(f.sender.beingSent(), 0);
    }

    void aLogThatIsRefusedCostsNoMeasurement()
    {
        RefusingCollector f(422, {"diary"});
        DataSharingConfig settings = sharingSettings();
        settings.sharePrompts = settings.shareResponses = true;
        f.sender.apply(settings);
        for (int i = 0; i < 3; ++i)
            f.add(i, kAll);
        expectLoss();
        f.sender.wake(Wake::Now);
        QCOMPARE(f.received(), (std::vector<int>{0, 1, 2}));
        QCOMPARE(f.sender.sent(), 3);
        QCOMPARE(f.sender.failed(), 0);
        QCOMPARE(f.sender.refusedEvents(), 3);
    }

    void batchesThatAreTooLargeBecomeSmallerForGood()
    {
        SenderFixture f;
        f.answer = [&f] { return Script(f.requests.back().body.count("\"metric\"") > 3 ? 413 : 200); };
        f.sender.apply(sharingSettings());
        for (int i = 0; i < 10; ++i)
            f.add(i);
        f.sender.wake(Wake::Now);
        QCOMPARE(f.received().size(), 10u);
        const size_t before = f.requests.size();
        for (int i = 0; i < 10; ++i)
            f.add(i);
        f.sender.wake(Wake::Now);
        QCOMPARE(f.received().size(), 20u);
        QVERIFY(f.requests.size() - before < before);
        QVERIFY(std::ranges::all_of(std::span(f.requests).subspan(before), [](const UpstreamRequest &request) {
            return request.body.count("\"metric\"") <= 5;
        }));
        QCOMPARE(f.sender.failed(), 0);
    }

    // Its halves are tried again like any batch.
    void aCollectorThatGoesAwayBetweenHalvesGetsTheRest()
    {
        RefusingCollector f(400, {"\"request_id\":\"9\""});
        f.answer = [&f, refuses = f.answer] { return f.requests.size() % 2 == 0 ? Script(503) : refuses(); };
        muted([&] {
            f.sender.apply(sharingSettings());
            for (int i = 0; i < 10; ++i)
                f.add(i);
            f.sender.wake(Wake::Now);
        });
        QCOMPARE(f.received(), (std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7, 8}));
        QVERIFY(std::ranges::all_of(f.pauses, [](std::chrono::milliseconds pause) { return pause == 500ms; }));
    }
};

QTEST_GUILESS_MAIN(CollectorRefusalsTest)
#include "tst_collector_refusals.moc"
