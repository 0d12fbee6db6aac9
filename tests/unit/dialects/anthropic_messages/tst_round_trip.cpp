// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/anthropic_messages/request_reader.h"
#include "gateway/pipeline/normalise.h"
#include "gateway/providers/anthropic/anthropic_provider.h"
#include "tests/unit/providers/anthropic/anthropic_testing.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include <optional>
#include <utility>

namespace lunargate {

/// From the Messages protocol to the chat form and back is the identity on everything that both know: what a client
/// says reaches an Anthropic model behind other protocols (OpenRouter, Bedrock …) unchanged.
class MessagesRoundTripTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void changesNothing_data();
    void changesNothing();
};

namespace {

constexpr auto kAdaptive = "claude-opus-4-6";

/// What Anthropic would get, if it were asked in its own protocol by way of the chat form.
QByteArray thereAndBack(const QByteArray &body, const QByteArray &model)
{
    Result<anthropic_messages::ReadCall> call = anthropic_messages::readRequest(body, 64);
    if (!call)
        return call.error().message;
    // Its values are still referred to.
    const std::optional<NativeRequest> native = std::exchange(call->request.native, std::nullopt);
    if (const Result<void> normalised = normalise(call->request); !normalised)
        return normalised.error().message;
    const PreparedCall prepared = AnthropicProvider(test::anthropicConfig()).chatCall(call->request, model);
    if (!prepared)
        return prepared.error().message;
    if (!(*prepared)->droppedParams.empty())
        return "lost: " + (*prepared)->droppedParams.front();
    return (*prepared)->request.body;
}

QJsonObject objectOf(const QByteArray &json)
{
    return QJsonDocument::fromJson(json).object();
}

} // namespace

void MessagesRoundTripTest::changesNothing_data()
{
    QTest::addColumn<QByteArray>("members"); // besides model and max_tokens
    QTest::addColumn<QByteArray>("model");
    const auto row = [](const char *scenario, const QByteArray &members, const char *model = test::kModel) {
        QTest::newRow(scenario) << members << QByteArray(model);
    };
    const QByteArray hi = R"("messages":[{"role":"user","content":[{"type":"text","text":"Hi"}]}])";
    const QByteArray mark = R"("cache_control":{"type":"ephemeral","ttl":"1h"})";
    const auto turn = [](const QByteArray &assistant, const QByteArray &user) {
        return R"("messages":[{"role":"user","content":[{"type":"text","text":"Hi"}]},)"
               R"({"role":"assistant","content":[)" +
               assistant + R"(]},{"role":"user","content":[)" + user + "]}]";
    };
    const QByteArray call = R"({"type":"tool_use","id":"toolu_1","name":"f","input":{"z":1,"a":[1.50,"x"]}})";
    const QByteArray result = R"({"type":"tool_result","tool_use_id":"toolu_1","content":"ok"})";
    const QByteArray thinking = R"({"type":"thinking","thinking":"hm \u00e9","signature":"Eq=="})";

    row("text", hi);
    row("stream", hi + R"(,"stream":true)");
    row("system blocks with marks",
        hi + R"(,"system":[{"type":"text","text":"a",)" + mark + R"(},{"type":"text","text":"b"}])");
    row("marks on the user's blocks", R"("messages":[{"role":"user","content":[{"type":"text","text":"a"},)"
                                      R"({"type":"text","text":"b",)" +
                                          mark + "}]}]");
    row("images", R"("messages":[{"role":"user","content":[{"type":"image","source":{"type":"base64",)"
                  R"("media_type":"image/png","data":"iVBORw0KGgo="}},{"type":"image","source":{"type":"url",)"
                  R"("url":"https://x.example/a.png"},)" +
                      mark + "}]}]");
    row("document", R"("messages":[{"role":"user","content":[{"type":"document","title":"t.pdf","source":)"
                    R"({"type":"base64","media_type":"application/pdf","data":"JVBERi0x"}},)"
                    R"({"type":"text","text":"Sum it up"}]}])");
    row("call and result",
        turn(R"({"type":"text","text":"a"},)" + call, result + R"(,{"type":"text","text":"go on"})"));
    row("several calls",
        turn(call + R"(,{"type":"tool_use","id":"toolu_2","name":"g","input":{}})",
             result + R"(,{"type":"tool_result","tool_use_id":"toolu_2","content":"no","is_error":true})"));
    row("mark on a call", turn(QByteArray(call).chopped(1) + ',' + mark + '}', result));
    row("mark on a result", turn(call, QByteArray(result).chopped(1) + ',' + mark + '}'));
    row("image in a result",
        turn(call, R"({"type":"tool_result","tool_use_id":"toolu_1","content":[{"type":"text","text":"see"},)"
                   R"({"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBORw0KGgo="}}]})"));
    row("signed thoughts", turn(thinking + R"(,{"type":"text","text":"a"},)" + call, result));
    row("redacted thoughts",
        turn(R"({"type":"redacted_thinking","data":"Zz=="},)" + thinking + R"(,{"type":"text","text":"a"},)" + call,
             result));
    row("thoughts in between", turn(thinking +
                                        R"(,{"type":"text","text":"a"},{"type":"thinking","thinking":"",)"
                                        R"("signature":"Er"},)" +
                                        call,
                                    result));
    row("tools", hi +
                     R"(,"tools":[{"name":"f","description":"d","input_schema":{"type":"object","properties":)"
                     R"({"z":{"type":"string"},"a":{"type":"integer","minimum":1}},"required":["z"]},)" +
                     mark + R"(},{"type":"web_search_20250305","name":"web_search","max_uses":3}])");
    const QByteArray tool = hi + R"(,"tools":[{"name":"f","input_schema":{"type":"object","properties":{}}}])";
    row("any tool, one at a time", tool + R"(,"tool_choice":{"type":"any","disable_parallel_tool_use":true})");
    row("one tool", tool + R"(,"tool_choice":{"type":"tool","name":"f"})");
    row("no tool", tool + R"(,"tool_choice":{"type":"none"})");
    row("sampling", hi + R"(,"temperature":0.5,"top_k":7,"stop_sequences":["a","b"])");
    row("top_p", hi + R"(,"top_p":0.5)");
    row("user and tier", hi + R"(,"metadata":{"user_id":"u-1"},"service_tier":"standard_only")");
    row("mark on everything", hi + R"(,"cache_control":{"type":"ephemeral"})");
    row("effort", hi + R"(,"thinking":{"type":"adaptive","display":"summarized"},"output_config":{"effort":"max"})",
        kAdaptive);
    row("no thinking", hi + R"(,"thinking":{"type":"disabled"})");
    row("schema", hi + R"(,"output_config":{"format":{"type":"json_schema","schema":{"type":"object","properties":)"
                       R"({"a":{"type":"string"}},"required":["a"],"additionalProperties":false}}})");
}

void MessagesRoundTripTest::changesNothing()
{
    QFETCH(const QByteArray, members);
    QFETCH(const QByteArray, model);
    const QByteArray body = R"({"model":")" + model + R"(","max_tokens":100,)" + members + '}';
    const QByteArray back = thereAndBack(body, model);
    QVERIFY2(!objectOf(body).isEmpty(), body.constData());
    QVERIFY2(objectOf(back) == objectOf(body), back.constData());
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::MessagesRoundTripTest)
#include "tst_round_trip.moc"
