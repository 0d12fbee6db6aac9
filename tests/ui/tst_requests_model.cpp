// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/gui_time.h"
#include "tests/ui/test_desktop.h"
#include "ui/requests/requests_table.h"
#include "ui/text/number_text.h"

#include <QAbstractItemModelTester>
#include <QElapsedTimer>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>

using namespace lunargate;
using namespace lunargate::ui;
using namespace std::chrono_literals;

/// The table's rows, their order, and what 100,000 of them cost.
class RequestsModelTest : public QObject
{
    Q_OBJECT

private:
    std::vector<RequestRow> rows(int first, int count)
    {
        std::vector<RequestRow> made;
        made.reserve(static_cast<size_t>(count));
        for (int number = first; number < first + count; ++number)
            made.push_back(requestRow(test::sampleRecord(number), m_texts));
        return made;
    }

    static double milliseconds(std::chrono::nanoseconds time) { return static_cast<double>(time.count()) / 1e6; }
    static RunningRequest runningRequest(int number)
    {
        const HistoryRecord record = test::sampleRecord(number);
        return {.id = record.id,
                .endpoint = record.endpoint,
                .caller = record.caller,
                .client = record.client,
                .route = record.route,
                .modelAsked = record.modelAsked,
                .stream = true,
                .attempts = 1,
                .state = RunningRequest::State::Waiting,
                .time = record.time()};
    }

    std::vector<RequestRow> running(std::initializer_list<int> numbers)
    {
        std::vector<RequestRow> made;
        for (const int number : numbers)
            made.push_back(requestRow(runningRequest(number), m_texts));
        return made;
    }

    static QByteArrayList idsOf(const RequestsModel &model)
    {
        QByteArrayList ids;
        for (int row = 0; row < model.rowCount(); ++row)
            ids.append(model.row(row).id);
        return ids;
    }

private Q_SLOTS:
    void init() { test::failOnOwnWarnings(); }

    void newestIsOnTopWhateverTheOrderOfArrival()
    {
        RequestsModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.add(rows(4, 2));
        model.add(rows(1, 1));
        model.add(rows(0, 4)); // 1 is there already
        model.add(rows(5, 3));
        QCOMPARE(idsOf(model), (QByteArrayList{"id-7", "id-6", "id-5", "id-4", "id-3", "id-2", "id-1", "id-0"}));
        QCOMPARE(model.rowOf("id-3"), 4);
        QCOMPARE(model.rowOf("nobody"), -1);
    }

    void oldestGoWhenThereAreTooMany()
    {
        RequestsModel model;
        model.add(rows(0, static_cast<int>(RequestsModel::kMostRows)));
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.add(rows(static_cast<int>(RequestsModel::kMostRows), 3));
        QCOMPARE(model.rowCount(), static_cast<int>(RequestsModel::kMostRows));
        QCOMPARE(model.row(0).id, "id-100002");
        QCOMPARE(model.row(model.rowCount() - 1).id, "id-3");
    }

    void thoseUnderWayAreOnTopWhateverTheOrder()
    {
        RequestsModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        RequestsTable table(model);
        model.add(rows(1, 3));
        model.setRunning(running({0, 9}));
        QCOMPARE(idsOf(model), (QByteArrayList{"id-9", "id-0", "id-3", "id-2", "id-1"}));
        QCOMPARE(model.rowOf("id-3"), 2);
        QCOMPARE(model.endedCount(), 3);
        for (const Qt::SortOrder order : {Qt::AscendingOrder, Qt::DescendingOrder}) {
            for (int column = 0; column < model.columnCount(); ++column) {
                table.sortByColumn(column, order);
                for (int row = 0; row < 5; ++row) {
                    const QModelIndex index = table.model()->index(row, kStatusColumn);
                    QCOMPARE(index.data().toString() == QStringLiteral("waits"), row < 2);
                }
            }
        }
    }

    void thoseUnderWayComeAndGo()
    {
        RequestsModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QSignalSpy gone(&model, &RequestsModel::runningAboutToGo);
        model.add(rows(1, 1));
        model.setRunning(running({2, 4}));
        model.setRunning(running({2, 3, 5}));
        QCOMPARE(idsOf(model), (QByteArrayList{"id-5", "id-3", "id-2", "id-1"}));
        QCOMPARE(gone.size(), 1);
        model.add(rows(3, 1)); // it has ended
        QCOMPARE(idsOf(model), (QByteArrayList{"id-5", "id-2", "id-3", "id-1"}));
        model.setRunning(running({2, 3, 5})); // somebody looked before that
        QCOMPARE(idsOf(model), (QByteArrayList{"id-5", "id-2", "id-3", "id-1"}));
        model.clear();
        QCOMPARE(idsOf(model), (QByteArrayList{"id-5", "id-2"}));
        model.setRunning({});
        QCOMPARE(model.rowCount(), 0);
    }

    void cellsSayHowFarTheyAre()
    {
        RequestsModel model;
        RunningRequest request = runningRequest(1);
        request.state = RunningRequest::State::Answering;
        request.elapsed = 4s;
        request.timeToFirstByte = 2s;
        request.streamedTextBytes = 800;
        model.setRunning({requestRow(request, m_texts)});
        QStringList texts;
        for (int column = 0; column < model.columnCount(); ++column)
            texts.append(model.index(0, column).data().toString());
        QVERIFY(texts.contains(QStringLiteral("answers")));
        QVERIFY(texts.contains(QStringLiteral("4.00 s")));
        QVERIFY(texts.contains(QStringLiteral("2.00 s")));
        QVERIFY2(texts.contains(QStringLiteral("~200")), qPrintable(texts.join(u'|')));
        QVERIFY(texts.contains(QStringLiteral("100"))); // a second
    }

    void olderOnesAreAskedForOnlyIfThereAreAny()
    {
        RequestsModel model;
        QSignalSpy wanted(&model, &RequestsModel::olderWanted);
        QVERIFY(!model.canFetchMore({}));
        model.setHasOlder(true);
        QVERIFY(model.canFetchMore({}));
        model.fetchMore({});
        QCOMPARE(wanted.size(), 1);
    }

    void cellsSayWhatHappened()
    {
        RequestsModel model;
        HistoryRecord record = test::sampleRecord(1);
        record.status = 502;
        record.error = "upstream_unreachable";
        model.add({requestRow(record, m_texts)});
        QStringList texts;
        for (int column = 1; column < model.columnCount(); ++column)
            texts.append(model.index(0, column).data().toString());
        QCOMPARE(texts.join(u'|'),
                 QStringLiteral("ci · OpenAI/Python|gpt-4o → gpt-4o-2024-08-06|openai|502 upstream_unreachable|602 ms|"
                                "1.90 s|12.5 k|11.3 k|130|100|$0.0173|1|default"));
        QVERIFY(!model.index(0, kStatusColumn).data(Qt::DecorationRole).value<QIcon>().isNull());
    }

    void numbersAreShort_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("expected");
        QTest::newRow("µs") << durationText(840us) << QStringLiteral("840 µs");
        QTest::newRow("ms") << durationText(312'400us) << QStringLiteral("312 ms");
        QTest::newRow("s") << durationText(1240ms) << QStringLiteral("1.24 s");
        QTest::newRow("tens of s") << durationText(59'940ms) << QStringLiteral("59.9 s");
        QTest::newRow("min") << durationText(125s) << QStringLiteral("2 m 05 s");
        QTest::newRow("nearly a minute") << durationText(59'960ms) << QStringLiteral("1 m 00 s");
        QTest::newRow("count") << countText(9999) << QStringLiteral("9999");
        QTest::newRow("thousands") << countText(12'464) << QStringLiteral("12.5 k");
        QTest::newRow("millions") << countText(1'204'000) << QStringLiteral("1.20 M");
        QTest::newRow("free") << costText(0) << QStringLiteral("$0");
        QTest::newRow("tiny") << costText(0.0000001) << QStringLiteral("< $0.000001");
        QTest::newRow("cents") << costText(0.01732) << QStringLiteral("$0.0173");
        QTest::newRow("dollars") << costText(12.3456) << QStringLiteral("$12.35");
        QTest::newRow("bytes") << sizeText(14) << QStringLiteral("14 B");
        QTest::newRow("KiB") << sizeText(3300) << QStringLiteral("3.22 KiB");
    }

    void numbersAreShort()
    {
        QFETCH(const QString, text);
        QFETCH(const QString, expected);
        QCOMPARE(text, expected);
    }

    void columnsSortByTheirValues()
    {
        RequestsModel model;
        std::vector<RequestRow> some = rows(0, 3);
        some[0].total = 9'000;
        some[1].total = 80'000;
        some[2].total = 700;
        model.add(std::move(some));
        RequestsOrder order(model);
        const QAbstractItemModelTester tester(&order, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QCOMPARE(order.mapToSource(order.index(0, 0)).row(), 0); // as they came
        order.sort(6, Qt::DescendingOrder);
        QCOMPARE(order.index(0, 6).data().toString(), QStringLiteral("80 ms"));
        QCOMPARE(order.index(2, 6).data().toString(), QStringLiteral("700 µs"));
        model.add(rows(3, 1)); // 1.9 s
        QCOMPARE(order.index(0, 6).data().toString(), QStringLiteral("1.90 s"));
        order.sort(-1);
        QCOMPARE(order.mapToSource(order.index(0, 0)).row(), 0);
    }

    void whatIsLookedAtStaysWhereItIs()
    {
        RequestsModel model;
        model.add(rows(0, 500));
        RequestsTable table(model);
        table.resize(900, 400);
        table.show();
        QVERIFY(QTest::qWaitForWindowExposed(&table));
        table.verticalScrollBar()->setValue(100);
        const QString top = table.model()->index(table.rowAt(0), 0).data().toString();
        model.add(rows(500, 7));
        QCOMPARE(table.model()->index(table.rowAt(0), 0).data().toString(), top);
        table.verticalScrollBar()->setValue(0);
        model.add(rows(507, 1));
        QCOMPARE(table.rowAt(0), 0); // at the top, the newest is seen
        QCOMPARE(table.model()->index(0, 0).data().toString(), model.index(0, 0).data().toString());
    }

    void whatIsLookedAtAtTheEndStaysToo()
    {
        RequestsModel model;
        model.add(rows(0, 500));
        RequestsTable table(model);
        table.resize(900, 400);
        table.show();
        QVERIFY(QTest::qWaitForWindowExposed(&table));
        table.verticalScrollBar()->setValue(table.verticalScrollBar()->maximum());
        const QString top = table.model()->index(table.rowAt(0), 0).data().toString();
        for (int batch = 0; batch < 3; ++batch)
            model.add(rows(500 + 7 * batch, 7));
        QCOMPARE(table.model()->index(table.rowAt(0), 0).data().toString(), top);
    }

    void toolTipsOfCellsAreNoHtml()
    {
        RequestsModel model;
        HistoryRecord record = test::sampleRecord(1);
        record.modelAsked = "<img src=http://127.0.0.1/x>";
        model.add({requestRow(record, m_texts)});
        for (int column = 0; column < model.columnCount(); ++column)
            QVERIFY(!model.index(0, column).data(Qt::ToolTipRole).toString().contains(QStringLiteral("<img")));
    }

    // Bounds are some times what it takes here, as other tests run at the same time.
    void hundredThousandRowsAreQuick()
    {
        RequestsModel model;
        QElapsedTimer timer;
        timer.start();
        model.add(rows(0, static_cast<int>(RequestsModel::kMostRows)));
        qInfo("100,000 rows made and added: %lld ms", timer.restart());
        RequestsTable table(model);
        table.resize(1200, 800);
        table.show();
        QVERIFY(QTest::qWaitForWindowExposed(&table));
        qInfo("shown: %lld ms", timer.restart());

        constexpr int kFrames = 100;
        std::vector<std::chrono::nanoseconds> frames;
        QImage image(table.size(), QImage::Format_ARGB32_Premultiplied);
        for (int frame = 0; frame < kFrames; ++frame) {
            const auto begin = test::threadTime();
            table.verticalScrollBar()->setValue((frame * 7919) % static_cast<int>(RequestsModel::kMostRows));
            table.render(&image);
            frames.push_back(test::threadTime() - begin);
        }
        std::ranges::sort(frames);
        qInfo("frames while scrolling: half in %.2f ms, 95 %% in %.2f ms", milliseconds(frames[50]),
              milliseconds(frames[95]));
        QVERIFY(frames[95] < 16ms * test::kSlowdown);

        // 500 a second come in ten batches, one behind the other as requests of different lengths end.
        std::chrono::nanoseconds slowest{};
        for (int batch = 0; batch < 20; ++batch) {
            std::vector<RequestRow> fresh = rows(100'000 + batch * 50, 50);
            for (size_t i = 0; i < fresh.size(); i += 5)
                fresh[i].position -= 40 * 1'000'000 * kPositionsInMicrosecond - static_cast<qint64>(i) - 1;
            const auto begin = test::threadTime();
            model.add(std::move(fresh));
            QCoreApplication::processEvents();
            slowest = std::max(slowest, test::threadTime() - begin);
        }
        qInfo("the slowest batch of 50: %.2f ms", milliseconds(slowest));
        QVERIFY(slowest < 50ms * test::kSlowdown);

        timer.restart();
        table.sortByColumn(6, Qt::AscendingOrder);
        qInfo("sorted: %lld ms", timer.elapsed());
        QVERIFY(timer.elapsed() < 2000);
    }

private:
    TextPool m_texts;
};

QTEST_MAIN(RequestsModelTest)
#include "tst_requests_model.moc"
