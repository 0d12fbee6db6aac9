// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/normalise.h"
#include "gateway/providers/ollama/request_writer.h"
#include "tests/unit/dialects/ollama/ollama_calls.h"
#include "tests/unit/providers/ollama/ollama_testing.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace lunargate;
using namespace lunargate::test;

namespace {

// Read as a client's, and written again for a server of Ollama's from the canonical form alone.
QByteArray thereAndBack(const QByteArray &body)
{
    const auto call = callOf(body);
    if (const Result<void> normalised = normalise(call->request); !normalised)
        return normalised.error().message;
    if (!call->request.conversation)
        return call->request.conversation.error().message;
    const auto written = ollama::writeChatRequest(*call->request.conversation, call->request.model,
                                                  call->request.stream, ollamaConfig());
    if (!written)
        return written.error().message;
    QByteArray text = written->body;
    for (const QByteArray &name : written->droppedParams)
        text += " dropped:" + name;
    return text;
}

} // namespace

/// A call in Ollama's protocol survives the way through the canonical form.
class RoundTripTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void everythingKnownComesBack_data()
    {
        QTest::addColumn<QByteArray>("more");
        const auto row = [](const char *name, QByteArray more) { QTest::newRow(name) << std::move(more); };
        const QByteArray user = R"("messages":[{"role":"user","content":"Hi \u00e9\n"}])";
        row("plain", user);
        row("roles", R"("messages":[{"role":"system","content":"S"},{"role":"user","content":"U"},)"
                     R"({"role":"assistant","content":"A"},{"role":"user","content":"V"}])");
        row("images", R"("messages":[{"role":"user","content":"See","images":["iVBORw0KGgoAAA","/9j/4AAQ","QUJD"]}])");
        row("thinking",
            R"("messages":[{"role":"assistant","content":"A","thinking":"T"},{"role":"user","content":"U"}])");
        row("tool calls", R"("messages":[{"role":"assistant","content":"","tool_calls":[)"
                          R"({"id":"c1","function":{"name":"f","arguments":{"z":1.50,"a":[{"b":null}]}}},)"
                          R"({"id":"c2","function":{"name":"f","arguments":{}}}]},)"
                          R"({"role":"tool","content":"one","tool_name":"f","tool_call_id":"c1"},)"
                          R"({"role":"tool","content":"two","tool_name":"f","tool_call_id":"c2"}])");
        row("tools", user + R"(,"tools":[{"type":"function","function":{"name":"f","description":"D",)"
                            R"("parameters":{"type":"object","properties":{"q":{"type":"string"}}}}}])");
        row("json", user + R"(,"format":"json")");
        row("schema", user + R"(,"format":{"type":"object","properties":{"a":{"type":"integer"}}})");
        row("options", user +
                           R"(,"options":{"temperature":0.25,"top_p":0.9,"top_k":40,"num_predict":64,"seed":7,)"
                           R"("stop":["a","b"],"presence_penalty":0.5,"frequency_penalty":-0.5,"min_p":0.05,)"
                           R"("typical_p":0.7,"repeat_penalty":1.1,"repeat_last_n":64,"num_ctx":8192,"num_keep":4})");
        row("think low", user + R"(,"think":"low")");
        row("think high", user + R"(,"think":"high")");
        row("do not think", user + R"(,"think":false)");
        row("server's members", user + R"(,"keep_alive":"5m","truncate":false,"shift":true)");
    }

    void everythingKnownComesBack()
    {
        QFETCH(const QByteArray, more);
        for (const QByteArray stream : {"true", "false"}) {
            const QByteArray body = R"({"model":"m",)" + more + R"(,"stream":)" + stream + '}';
            const QByteArray again = thereAndBack(body);
            QVERIFY2(QJsonDocument::fromJson(again) == QJsonDocument::fromJson(body), again.constData());
        }
    }

    // Arguments keep their order, which parsers of the tests do not see.
    void argumentsKeepTheirOrder()
    {
        QVERIFY(thereAndBack(R"({"messages":[{"role":"assistant","content":"","tool_calls":[)"
                             R"({"id":"c","function":{"name":"f","arguments":{"z":1,"a":2}}}]}]})")
                    .contains(R"({"z":1,"a":2})"));
    }

    void whatIsNotKnownIsTold()
    {
        QVERIFY(thereAndBack(chatOf(R"("options":{"mirostat":2})")).endsWith("dropped:options.mirostat"));
    }
};

QTEST_APPLESS_MAIN(RoundTripTest)
#include "tst_round_trip.moc"
