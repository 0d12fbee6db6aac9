// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/openai_chat/request_reader.h"
#include "gateway/pipeline/normalise.h"

#include <QTest>

namespace lunargate {

namespace {

ChatRequest request(const QByteArray &body)
{
    Result<ChatRequest> read = openai_chat::readRequest(body, 512);
    if (!read)
        qFatal("%s", read.error().message.constData());
    return *std::move(read);
}

QByteArray normalisedBody(const QByteArray &body)
{
    ChatRequest read = request(body);
    const Result<void> done = normalise(read);
    return done ? read.body : done.error().reason;
}

} // namespace

class NormaliseTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void leavesTodaysSpellingByteForByte_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::newRow("plain") << QByteArray(R"({ "messages":[{"role":"user","content":"a"}], "x":1.50 })");
        QTest::newRow("tools") << QByteArray(
            R"({"messages":[{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c","content":"x"}],"tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":"auto"})");
        QTest::newRow("what has no meaning")
            << QByteArray(R"({"messages":[{"role":"wizard"}],"functions":[{"name":"f"}]})");
        QTest::newRow("empty legacy fields") << QByteArray(R"({"messages":[],"functions":[],"function_call":null})");
    }

    void leavesTodaysSpellingByteForByte()
    {
        QFETCH(const QByteArray, body);
        QCOMPARE(normalisedBody(body), body);
    }

    void writesOlderSpellingsAnew_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QByteArray>("expected");
        const auto row = [](const char *name, const char *body, const char *expected) {
            QTest::newRow(name) << QByteArray(body) << QByteArray(expected);
        };
        row("functions", R"({"functions":[{"name":"f","parameters":{"a":1.50}},{"name":"g"}],"n":1.0})",
            R"({"n":1.0,"tools":[{"type":"function","function":{"name":"f","parameters":{"a":1.50}}},{"type":"function","function":{"name":"g"}}]})");
        row("functions beside an empty list", R"({"tools":[],"functions":[{"name":"f"}]})",
            R"({"tools":[{"type":"function","function":{"name":"f"}}]})");
        row("function_call by word", R"({"functions":[{"name":"f"}],"function_call":"none"})",
            R"({"tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":"none"})");
        row("function_call by name", R"({"function_call":{"name":"f"},"x":1})",
            R"({"x":1,"tool_choice":{"type":"function","function":{"name":"f"}}})");
        row("calls and answers of functions",
            R"({"messages":[{"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{}"}},{"role":"function","name":"f","content":"x"}]})",
            R"({"messages":[{"role":"assistant","content":null,"tool_calls":[{"id":"call_ID","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","name":"f","content":"x","tool_call_id":"call_ID"}]})");
        row("calls without id and type",
            R"({"messages":[{"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":"{}"}},{"id":"c","function":{"name":"f"},"y":1}]}]})",
            R"({"messages":[{"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":"{}"},"id":"call_ID","type":"function"},{"id":"c","function":{"name":"f"},"y":1,"type":"function"}]}]})");
        row("parts of the Responses protocol",
            R"({"messages":[{"role":"user","content":[{"type":"input_text","text":"a"},{"type":"text","text":"b"}]}]})",
            R"({"messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}]})");
    }

    void writesOlderSpellingsAnew()
    {
        QFETCH(const QByteArray, body);
        QByteArray actual = normalisedBody(body);
        // The ids are hashes; they must be the same in both places.
        const qsizetype at = actual.indexOf("call_");
        if (at >= 0 && actual.indexOf('"', at) == at + 21)
            actual.replace(actual.sliced(at, 21), "call_ID");
        QTEST(actual, "expected");
        QCOMPARE(normalisedBody(normalisedBody(body)), normalisedBody(body));
    }

    void keepsTheCanonicalFormInStep()
    {
        ChatRequest read = request(R"({"model":"m","stream":true,"functions":[{"name":"f"}]})");
        QVERIFY(normalise(read));
        QCOMPARE(read.model, "m");
        QVERIFY(read.stream);
        QCOMPARE(read.conversation->tools.size(), 1);
        QCOMPARE(read.conversation->tools[0].name, "f");
    }

    void refusesBothSpellingsAtOnce_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::newRow("tools") << QByteArray(R"({"tools":[{"function":{"name":"f"}}],"functions":[{"name":"f"}]})");
        QTest::newRow("choice") << QByteArray(R"({"tool_choice":"auto","function_call":"none"})");
    }

    void refusesBothSpellingsAtOnce()
    {
        QFETCH(const QByteArray, body);
        QCOMPARE(normalisedBody(body), "conflicting_tools");
    }
};

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::NormaliseTest)
#include "tst_normalise.moc"
