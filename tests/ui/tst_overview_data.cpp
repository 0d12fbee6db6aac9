// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/overview_records.h"

#include "ui/overview/breakdown_table.h"
#include "ui/overview/figure_row.h"
#include "ui/overview/overview_range.h"
#include "ui/overview/plot_data.h"
#include "ui/theme/colours.h"

#include <QAbstractItemModelTester>
#include <QDateTime>
#include <QSignalSpy>
#include <QTest>

#include <cmath>

using namespace lunargate;
using namespace lunargate::ui;
using namespace lunargate::test;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {

HistoryTally tallyOf(const std::vector<HistoryRecord> &records, const OverviewRange &range = overviewRanges()[0])
{
    HistoryTally tally(fieldOf(overviewGroupings()[0]), spanOf(range, now()));
    for (const HistoryRecord &record : records)
        tally.add(record);
    tally.finish();
    return tally;
}

} // namespace

/// What the overview says, without how it looks.
class OverviewDataTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { failOnOwnWarnings(); }

    void rangesHaveRoundParts_data()
    {
        QTest::addColumn<int>("range");
        for (int range = 0; range < 3; ++range)
            QTest::newRow(overviewRanges()[static_cast<size_t>(range)].age) << range;
    }

    void rangesHaveRoundParts()
    {
        QFETCH(const int, range);
        const OverviewRange &one = overviewRanges()[static_cast<size_t>(range)];
        const auto time = now();
        const HistorySpan span = spanOf(one, time);
        QCOMPARE(span.begin, positionOf(time - one.length));
        QCOMPARE(span.before, positionOf(time - 2 * one.length));
        QVERIFY(span.buckets.front() <= span.begin);
        QVERIFY(span.buckets[1] > span.begin);
        QVERIFY(span.buckets.back() <= positionOf(time));
        QVERIFY(span.buckets.back() > positionOf(time - one.bucket));
        const QDateTime first = QDateTime::fromSecsSinceEpoch(std::llround(secondsOf(span.buckets.front())));
        QCOMPARE(first.date().startOfDay().secsTo(first) % one.bucket.count(), 0);
    }

    void figuresTellWhatRequestsComeTo()
    {
        std::vector<HistoryRecord> records{recent(1min), recent(2min), recent(3min), recent(4min), recent(20min)};
        records[1].error = "rate_limited";
        records[2].costUsd.reset();
        records[2].costSource = "unknown";
        records[3].cache = "hit";
        records[3].savedTokens = 12'000;
        records[3].savedUsd = 0.25;
        records[3].savedTime = 42s;
        const QList<Figure> figures = figuresOf(tallyOf(records), overviewRanges()[0]);
        QCOMPARE(figures.size(), FigureRow::kCards);
        QCOMPARE(figures[0].spoken(), u"Requests: 4, +300 %, 1 before"_s);
        QCOMPARE(figures[1].spoken(), u"Errors: 25 %, +25.0 points, 1 request, 0 % before"_s);
        QVERIFY(figures[1].isError);
        QCOMPARE(figures[2].lines, (QStringList{u"49.9 k in"_s, u"45.1 k of these cached"_s, u"520 out"_s}));
        QCOMPARE(figures[3].spoken(), u"Cost: $0.0519, +200 %, unknown for 1, $0.0173 before"_s);
        QCOMPARE(figures[4].spoken(), u"First token: 602 ms, ±0 %, 95 % within 602 ms, half within 602 ms before"_s);
        QCOMPARE(figures[5].spoken(), u"Cache hits: 1, $0.250 saved, 12.0 k tokens saved, 42.0 s saved"_s);
    }

    void figuresOfNothing()
    {
        const QList<Figure> figures = figuresOf(tallyOf({}), overviewRanges()[1]);
        QCOMPARE(figures[0].value, u"0"_s);
        QCOMPARE(figures[0].change, QString());
        QCOMPARE(figures[1].value, u"0 %"_s);
        QCOMPARE(figures[4].value, u"–"_s);
        QCOMPARE(figures[5].lines, QStringList{u"nothing saved"_s});
    }

    void whatNobodyKnowsIsNoCost()
    {
        HistoryRecord record = recent(1min);
        record.costUsd.reset();
        record.costSource = "unknown";
        QCOMPARE(figuresOf(tallyOf({record}), overviewRanges()[0])[3].value, u"–"_s);
    }

    void changesAreInPercent_data()
    {
        QTest::addColumn<double>("now");
        QTest::addColumn<double>("before");
        QTest::addColumn<QString>("text");
        QTest::newRow("more") << 112.0 << 100.0 << u"+12 %"_s;
        QTest::newRow("less") << 88.0 << 100.0 << u"−12 %"_s;
        QTest::newRow("as much") << 100.0 << 100.0 << u"±0 %"_s;
        QTest::newRow("nothing before") << 5.0 << 0.0 << QString();
        QTest::newRow("very much more") << 5000.0 << 1.0 << u"> +999 %"_s;
    }

    void changesAreInPercent()
    {
        QFETCH(const double, now);
        QFETCH(const double, before);
        QFETCH(const QString, text);
        QCOMPARE(changeText(now, before), text);
    }

    void plotsHaveANumberForEachBucket()
    {
        std::vector<HistoryRecord> records{recent(0s), recent(0s), recent(0s), recent(20min)};
        records[0].error = "rate_limited";
        const HistoryTally tally = tallyOf(records);
        const std::array<PlotData, kPlots> plots = plotsOf(tally);
        for (const PlotData &plot : plots) {
            QCOMPARE(plot.begins.size(), static_cast<qsizetype>(tally.buckets().size()));
            for (const PlotSeries &series : plot.series)
                QCOMPARE(series.values.size(), plot.begins.size());
        }
        QCOMPARE(plots[0].series[0].values.back(), 2.0);
        QCOMPARE(plots[0].series[1].values.back(), 1.0);
        QCOMPARE(plots[0].top(), 4.0); // no less, also for few
        QCOMPARE(plots[1].series[0].values.back(), 3 * 1200.0);
        QCOMPARE(plots[1].series[1].values.back(), 3 * 11'264.0);
        QVERIFY(plots[1].top() > 3 * (1200.0 + 11'264 + 130)); // they stand on each other
        QCOMPARE(plots[3].series[1].values.back(), 602'000.0);
        QVERIFY(std::isnan(plots[3].series[0].values.front()));
        const qsizetype last = plots[0].begins.size() - 1;
        const QString time = plots[0].timeText(last);
        QCOMPARE(plots[0].spoken(last), time + u", ok 2, errors 1"_s);
        QCOMPARE(plots[3].spoken(0), plots[3].timeText(0));
        QVERIFY2(plots[0].summary().contains(u"ok between 0 and 2, highest at "_s + time),
                 qPrintable(plots[0].summary()));
    }

    void seriesCanBeToldApart_data()
    {
        QTest::addColumn<bool>("isDark");
        QTest::newRow("light") << false;
        QTest::newRow("dark") << true;
    }

    void seriesCanBeToldApart()
    {
        QFETCH(const bool, isDark);
        const Colours &colours = isDark ? darkColours() : lightColours();
        for (const QColor &colour : {colours.series, colours.seriesTint, colours.seriesOther})
            QVERIFY(contrast(colour, colours.surface) >= 3); // WCAG 2.2, 1.4.11
        QVERIFY(contrast(colours.series, colours.seriesTint) > 1.8);
        QVERIFY(colours.series.blueF() > colours.series.redF());
        QVERIFY(colours.seriesOther.blueF() < colours.seriesOther.redF());
    }

    void breakdownIsAModel()
    {
        BreakdownModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.show(tallyOf({recent(1min), recent(2min, "groq")}), u"Provider"_s);
        QCOMPARE(model.rowCount(), 2);
        QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
        model.show(tallyOf({recent(1min), recent(1min), recent(2min, "groq")}), u"Provider"_s);
        QCOMPARE(resets.size(), 0); // the groups are the same
        QCOMPARE(model.index(model.rowOf("openai"), BreakdownModel::Requests).data().toString(), u"2"_s);
        model.show(tallyOf({recent(1min, {})}), u"Model"_s);
        QCOMPARE(resets.size(), 1);
        QCOMPARE(model.index(0, BreakdownModel::Name).data().toString(), u"none"_s);
        QCOMPARE(model.headerData(0, Qt::Horizontal, Qt::DisplayRole).toString(), u"Model"_s);
        model.clear();
        QCOMPARE(model.rowCount(), 0);
    }

    void largestGroupsComeFirstAndStayChosen()
    {
        BreakdownTable table;
        table.show(tallyOf({recent(1min, "a"), recent(2min, "b"), recent(2min, "b")}), u"Provider"_s);
        QCOMPARE(table.model()->index(0, 0).data().toString(), u"b"_s);
        table.setCurrentIndex(table.model()->index(0, 0));
        table.show(tallyOf({recent(1min, "a"), recent(1min, "a"), recent(2min, "b"), recent(2min, "c")}), {});
        QCOMPARE(table.currentIndex().data().toString(), u"b"_s);
        table.sortByColumn(BreakdownModel::Name, Qt::DescendingOrder);
        QCOMPARE(table.model()->index(0, 0).data().toString(), u"c"_s);
    }

    void filtersFindTheGroup_data()
    {
        QTest::addColumn<QByteArray>("name");
        for (const char *name : {"groq", "claude-cli/2.1.0 (external, cli)", "a \"b\" \\ c", ""})
            QTest::newRow(*name ? name : "none") << QByteArray(name);
    }

    void filtersFindTheGroup()
    {
        QFETCH(const QByteArray, name);
        const QString filter = filterOf(overviewGroupings()[2], name, overviewRanges()[1]);
        const auto read = readHistoryFilter(filter.toUtf8(), now());
        QVERIFY2(read, qPrintable(filter));
        HistoryRecord record = recent(1h);
        record.client.userAgent = name;
        QVERIFY(matches(*read, record));
        record.client.userAgent += "x";
        QVERIFY(!matches(*read, record));
        QVERIFY(!matches(*read, recent(25h)));
    }
};

QTEST_MAIN(OverviewDataTest)
#include "tst_overview_data.moc"
