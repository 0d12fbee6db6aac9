// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/telemetry/trace_context.h"

#include <QTest>

#include <set>

using namespace lunargate;

namespace {

const QByteArray kParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

} // namespace

/// W3C Trace Context: what is read, what is passed on, what is recorded.
class TraceContextTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void readsWhatTheRecommendationAllows_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<bool>("isValid");
        QTest::addColumn<bool>("isSampled");
        const auto row = [](const char *name, QByteArray text, bool isValid, bool isSampled = false) {
            QTest::newRow(name) << text << isValid << isSampled;
        };
        const auto with = [](const char *what, const char *other) { return QByteArray(kParent).replace(what, other); };
        row("sampled", kParent, true, true);
        row("not sampled", with("-01", "-00"), true, false);
        row("other flags are ignored", with("-01", "-fe"), true, false);
        row("other flags and sampled", with("-01", "-ff"), true, true);
        row("later version", with("00-0af", "01-0af"), true, true);
        row("later version with more", with("00-0af", "cc-0af") + "-what-the-future-brings", true, true);
        row("later version, more without a dash", with("00-0af", "cc-0af") + "x", false);
        row("version 00 with more", kParent + "-00", false);
        row("version ff", with("00-0af", "ff-0af"), false);
        row("upper case", with("0af7", "0AF7"), false);
        row("no hexadecimal", with("0af7", "0agg"), false);
        row("zero trace", with("0af7651916cd43dd8448eb211c80319c", "00000000000000000000000000000000"), false);
        row("zero span", with("b7ad6b7169203331", "0000000000000000"), false);
        row("too short", kParent.chopped(1), false);
        row("a separator is missing", with("c-b7", "cc7"), false);
        row("spaces", ' ' + kParent.chopped(1), false);
        row("empty", "", false);
    }
    void readsWhatTheRecommendationAllows()
    {
        QFETCH(QByteArray, text);
        QFETCH(bool, isValid);
        QFETCH(bool, isSampled);
        const auto parent = readTraceParent(text);
        QCOMPARE(parent.has_value(), isValid);
        if (!parent)
            return;
        QCOMPARE(parent->traceId.text(), QByteArray("0af7651916cd43dd8448eb211c80319c"));
        QCOMPARE(spanIdText(parent->spanId), QByteArray("b7ad6b7169203331"));
        QCOMPARE(parent->isSampled, isSampled);
    }

    void writesWhatItReads()
    {
        QCOMPARE(traceParentText(*readTraceParent(kParent)), kParent);
        QCOMPARE(traceParentText({.traceId = {.high = 0, .low = 1}, .spanId = 0xab}),
                 QByteArray("00-00000000000000000000000000000001-00000000000000ab-00"));
    }

    void aTraceGoesOn()
    {
        const TraceContext context =
            TraceContext::begin({{"TraceParent", kParent}, {"tracestate", "a=1"}, {"Tracestate", "b=2"}}, 0);
        QCOMPARE(context.traceId.text(), QByteArray("0af7651916cd43dd8448eb211c80319c"));
        QCOMPARE(spanIdText(context.parentId), QByteArray("b7ad6b7169203331"));
        QVERIFY(context.isSampled); // the client's decision, not ours
        QVERIFY(context.spanId != 0 && context.spanId != context.parentId);

        HeaderList call{{"traceparent", "old"}};
        context.propagate(call, 0x1234);
        QCOMPARE(call.count("traceparent"), 1);
        QCOMPARE(call.value("traceparent"), QByteArray("00-0af7651916cd43dd8448eb211c80319c-0000000000001234-01"));
        QCOMPARE(call.value("tracestate"), QByteArray("a=1,b=2"));
    }

    void whatIsNotValidBeginsANewTrace_data()
    {
        QTest::addColumn<QByteArrayList>("parents");
        QTest::newRow("none") << QByteArrayList{};
        QTest::newRow("broken") << QByteArrayList{"00-x"};
        QTest::newRow("two") << QByteArrayList{kParent, kParent};
    }
    void whatIsNotValidBeginsANewTrace()
    {
        QFETCH(QByteArrayList, parents);
        HeaderList client{{"tracestate", "a=1"}};
        for (const QByteArray &parent : parents)
            client.add("traceparent", parent);
        const TraceContext context = TraceContext::begin(client, 1);
        QVERIFY(context.traceId != readTraceParent(kParent)->traceId);
        QCOMPARE(context.parentId, SpanId(0));
        QVERIFY(context.isSampled);
        QVERIFY(context.state.isEmpty());
        HeaderList call;
        context.propagate(call, 1);
        QVERIFY(!call.contains("tracestate"));
    }

    void idsAreDifferent()
    {
        std::set<QByteArray> ids;
        for (int i = 0; i < 1000; ++i)
            ids.insert(TraceId::random().text() + spanIdText(randomSpanId()));
        QCOMPARE(ids.size(), 1000u);
        QCOMPARE(ids.begin()->size(), 48);
    }

    void theRatioDecidesByTheTracesId()
    {
        constexpr quint64 kHalf = Q_UINT64_C(1) << 62;
        QVERIFY(isWithinRatio({.low = kHalf - 1}, 0.5));
        QVERIFY(!isWithinRatio({.low = kHalf}, 0.5));
        QVERIFY(isWithinRatio({.low = (kHalf - 1) | (Q_UINT64_C(1) << 63)}, 0.5)); // the highest bit does not count
        QVERIFY(isWithinRatio({.low = ~Q_UINT64_C(0)}, 1));
        QVERIFY(!isWithinRatio({.low = 1}, 0));
        int sampled = 0;
        for (int i = 0; i < 4000; ++i)
            sampled += TraceContext::begin({}, 0.25).isSampled ? 1 : 0;
        QVERIFY2(sampled > 800 && sampled < 1200, qPrintable(QString::number(sampled)));
    }
};

QTEST_APPLESS_MAIN(TraceContextTest)
#include "tst_trace_context.moc"
