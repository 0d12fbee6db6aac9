// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/history/history_filter.h"

#include <QTest>

using namespace lunargate;
using namespace std::chrono_literals;

namespace {

using Comparison = HistoryTerm::Comparison;
using Time = std::chrono::sys_time<std::chrono::microseconds>;

constexpr Time kNow{std::chrono::sys_days{std::chrono::year{2026} / 11 / 28} + 12h};

/// The terms as a text that tells everything about them.
QByteArray shown(const HistoryFilter &filter)
{
    static constexpr const char *signs[] = {"=", "<", "<=", ">", ">=", "known"};
    QByteArrayList terms;
    for (const HistoryTerm &term : filter.terms) {
        QByteArray text =
            (term.isNegated ? "-" : "") + term.field->name.toByteArray() + signs[static_cast<int>(term.comparison)];
        if (term.field->kind == HistoryField::Kind::Time)
            text += QByteArray::number(qlonglong((term.time - kNow) / 1s));
        else if (term.comparison != Comparison::Known && term.field->number)
            text += QByteArray::number(term.number);
        else
            text += term.text;
        terms.append(text);
    }
    return terms.join('|');
}

} // namespace

class FilterParserTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void understands_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("terms");
        const auto row = [](const char *text, const char *terms) {
            QTest::newRow(text) << QByteArray(text) << QByteArray(terms);
        };
        row("", "");
        row("  \t ", "");
        row("provider:Anthropic", "provider=anthropic");
        row("provider:anthropic status:>=500", "provider=anthropic|status>=500");
        row("-status:200", "-status=200");
        row("status:=200 status:<300 status:<=299 status:>100", "status=200|status<300|status<=299|status>100");
        row("ttft:>2s duration:<1.5s ttft:<300ms", "ttft>2e+06|duration<1.5e+06|ttft<300000");
        row("ttft:*", "ttftknown");
        row("-cost:*", "-costknown");
        row("cost:>0.05", "cost>0.05");
        row("model:gpt*", "model=gpt*");
        row("error:\"\"", "error=");
        row("error:*", "errorknown");
        row("error:\"*\"", "error=*");
        row("stream:yes -hedged:true", "stream=1|-hedged=1");
        row("text:\"two words\"", "text=two words");
        row("\"a \\\"quoted\\\" \\\\ word\" -other", "text=a \"quoted\" \\ word|-text=other");
        row("hello", "text=hello");
        row("12:30", "text=12:30");
        row("MODEL:x", "model=x");
        row("after:2h", "after>=-7200");
        row("before:2026-11-28", "before<-43200");
        row("after:2026-11-28T11:00", "after>=-3600");
        row("time:>2026-11-28T13:00:00+01:00", "time>0");
        row("time:<=2026-11-28T12:00:01Z", "time<=1");
        row("tokens:>1000 tokens_in:0 attempts:>1", "tokens>1000|tokens_in=0|attempts>1");
    }

    void understands()
    {
        QFETCH(const QByteArray, text);
        QFETCH(const QByteArray, terms);
        const Result<HistoryFilter> filter = parseHistoryFilter(text, kNow);
        QVERIFY2(filter, filter ? "" : filter.error().message.constData());
        QCOMPARE(shown(*filter), terms);
    }

    void refuses_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("message");
        const auto row = [](const char *text, const char *message) {
            QTest::newRow(text) << QByteArray(text) << QByteArray(message);
        };
        row("status:500 prvider:x", "character 12: there is no field 'prvider'; did you mean 'provider'?");
        row("nothing:x", "Fields: text, time");
        row("status:", "character 8: here should be a value of 'status'");
        row("status:abc", "character 8: 'status' wants a number, or * for any");
        row("status:>=", "character 10: here should be a value");
        row("status:nan", "wants a number");
        row("ttft:>2", "character 7: 'ttft' wants a duration");
        row("stream:maybe", "'stream' wants yes or no");
        row("model:>x", "character 7: 'model' is a text and knows no < and >");
        row("model:\"open", "character 7: the quoted text that begins here has no end");
        row("model:\"a\"b", "character 10: after a quoted text comes a space");
        row("\"\"", "here should be a value of 'text'");
        row("-", "character 2: here should be a value of 'text'");
        row("time:2026-11-28", "after:TIME");
        row("after:>2h", "after:TIME");
        row("after:yesterday", "character 7: a time is written as");
        row("before:*", "a time is written as");
        row("text:\xff", "must be UTF-8");
    }

    void refuses()
    {
        QFETCH(const QByteArray, text);
        QFETCH(const QByteArray, message);
        const Result<HistoryFilter> filter = parseHistoryFilter(text, kNow);
        QVERIFY(!filter);
        QCOMPARE(filter.error().kind, ErrorKind::InvalidRequest);
        QCOMPARE(filter.error().reason, QByteArray("invalid_filter"));
        QVERIFY2(filter.error().message.contains(message), filter.error().message.constData());
    }

    void tellsThePlaceOfAMistake()
    {
        const auto filter = readHistoryFilter("status:500 prvider:x", kNow);
        QVERIFY(!filter);
        QCOMPARE(filter.error().position, 11);
        QVERIFY2(filter.error().message.startsWith("there is no field"), filter.error().message.constData());
    }

    void isBounded()
    {
        QVERIFY(parseHistoryFilter(QByteArray("a ").repeated(64), kNow));
        QVERIFY(!parseHistoryFilter(QByteArray("a ").repeated(65), kNow));
        QVERIFY(parseHistoryFilter(QByteArray(4096, 'a'), kNow));
        QVERIFY(!parseHistoryFilter(QByteArray(4097, 'a'), kNow));
    }
};

QTEST_APPLESS_MAIN(FilterParserTest)
#include "tst_filter_parser.moc"
