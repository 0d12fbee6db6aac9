// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/json_path.h"
#include "tests/support/metrics_text.h"
#include "tests/support/sse_events.h"

#include <QTest>

using namespace lunargate::test;

class TextReadersTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void sseLinesMayEndInAnyWay()
    {
        const SseEvents events = SseEvents::parse("event: a\r\ndata:one\r\rdata: two\ndata:  three\n\n: note\n\n");
        QCOMPARE(events.events.size(), size_t(2));
        QCOMPARE(events.events[0].type, "a");
        QCOMPARE(events.events[0].data, "one");
        QCOMPARE(events.events[1].data, "two\n three");
        QCOMPARE(events.comments, 1);
        QVERIFY(events.rest.isEmpty());
    }

    void anEventWithoutBlankLineIsNone()
    {
        const SseEvents events = SseEvents::parse("data: a\n\ndata: [DONE]\n");
        QCOMPARE(events.events.size(), size_t(1));
        QVERIFY(!events.endsWithDone());
        QCOMPARE(events.rest, "data: [DONE]\n");
    }

    void findsErrorFrameAndContent()
    {
        const SseEvents events = SseEvents::parse("data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]}\n\n"
                                                  "data: {\"error\":{\"message\":\"cut\"}}\n\n");
        QCOMPARE(events.content(), "Hi");
        QCOMPARE(textAt(events.error(), "error.message"), "cut");
        QCOMPARE(events.chunks().size(), size_t(1));
    }

    void jsonPathsFindWhatIsThere()
    {
        const QByteArray json = R"({"a":[{"b":"x"},2]})";
        QCOMPARE(textAt(json, "a.0.b"), "x");
        QCOMPARE(jsonAt(json, "a.1").toInt(), 2);
        QVERIFY(jsonAt(json, "a.2.b").isUndefined());
        QVERIFY(jsonAt("nonsense", "a").isUndefined());
        QVERIFY(!isJson("{]"));
    }

    void metricsSumOverLabels()
    {
        const MetricsText page("# HELP calls_total All calls\n# TYPE calls_total counter\n"
                               "calls_total{route=\"a\",note=\"x\\\"}y\"} 2\ncalls_total{route=\"b\"} 3\nup 1\n");
        QVERIFY2(page.error().isEmpty(), page.error().constData());
        QCOMPARE(page.sum("calls_total"), 5.0);
        QCOMPARE(page.sum("calls_total", {{"route", "a"}}), 2.0);
        QCOMPARE(page.count("calls_total", {{"note", "x\"}y"}}), 1);
        QCOMPARE(page.type("calls_total"), "counter");
        QCOMPARE(page.help("calls_total"), "All calls");
        QCOMPARE(page.sum("up"), 1.0);
    }

    void metricsNameTheFirstBadLine()
    {
        QCOMPARE(MetricsText("up 1\nbroken{a=b} 1\n").error(), "broken{a=b} 1");
        QCOMPARE(MetricsText("up one\n").error(), "up one");
    }
};

QTEST_GUILESS_MAIN(TextReadersTest)
#include "tst_text_readers.moc"
