// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/dialects/openai_responses/responses_testing.h"

using namespace lunargate::test;

namespace lunargate {

/// The whole response that a client gets.
class ResponsesAnswersTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void hasAllMembers();
    void repeatsTheRequest();
    void tellsWhetherItIsKept();
    void writesItems_data();
    void writesItems();
    void tellsHowItEnded_data();
    void tellsHowItEnded();
    void itsOwnProtocolPassesAsItIs();
    void tellsTheFinishedResponse();
    void onesInTheBackgroundAreToldToo();
};

namespace {

const QByteArray kBody = withInput(R"("hi")", R"("tools":[{"type":"custom","name":"patch"},
    {"type":"namespace","name":"fs","tools":[{"type":"function","name":"read"}]}])");

QByteArray answerTo(const QByteArray &body, Completion completion, std::optional<Usage> usage = Usage{.input = 3})
{
    ModelAnswer answer{.completion = std::move(completion), .usage = usage};
    return callOf(body)->answerBody(answer, facts());
}

} // namespace

void ResponsesAnswersTest::hasAllMembers()
{
    const QByteArray body = answerTo(withInput("\"hi\""), {.model = "m-2", .text = "Done."});
    QCOMPARE(
        sorted(body),
        sorted(
            R"({"id":"resp_)" + kOwn +
            R"(","object":"response","created_at":1700000000,"completed_at":1700000000,"status":"completed","background":false,"conversation":null,"error":null,"incomplete_details":null,)"
            R"("instructions":null,"max_output_tokens":null,"max_tool_calls":null,"model":"m-2","output":[{"id":"msg_)" +
            kOwn +
            R"(_0","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","text":"Done.","annotations":[],"logprobs":[]}]}],)"
            R"("parallel_tool_calls":true,"previous_response_id":null,"prompt_cache_key":null,"reasoning":{"effort":null,"summary":null},"safety_identifier":null,"service_tier":"default",)"
            R"("store":false,"temperature":1.0,"text":{"format":{"type":"text"},"verbosity":"medium"},"tool_choice":"auto","tools":[],"top_logprobs":0,"top_p":1.0,"truncation":"disabled",)"
            R"("usage":{"input_tokens":3,"input_tokens_details":{"cached_tokens":0,"cache_write_tokens":0},"output_tokens":0,"output_tokens_details":{"reasoning_tokens":0},"total_tokens":3},"user":null,"metadata":{}})"));
}

void ResponsesAnswersTest::repeatsTheRequest()
{
    const QByteArray more =
        R"("instructions":"i","max_output_tokens":9,"metadata":{"a":"b"},"parallel_tool_calls":false,"reasoning":{"effort":"low"},)"
        R"("temperature":0.1,"text":{"format":{"type":"json_object"}},"tool_choice":"none","tools":[{"type":"function","name":"f","parameters":null}],)"
        R"("top_p":0.2,"truncation":"auto","user":"u","service_tier":"flex","prompt_cache_key":"k")";
    const QByteArray body = answerTo(withInput("\"hi\"", more), {.text = "x"});
    const QJsonObject wanted = QJsonDocument::fromJson('{' + more + '}').object();
    for (auto member = wanted.begin(); member != wanted.end(); ++member) {
        if (member.key() != QStringLiteral("text"))
            QCOMPARE(jsonAt(body, member.key().toUtf8()), member.value());
    }
    QCOMPARE(textAt(body, "text.format.type"), "json_object");
    QCOMPARE(textAt(body, "text.verbosity"), "medium");
    QCOMPARE(textAt(body, "model"), "m-1");
}

void ResponsesAnswersTest::tellsWhetherItIsKept()
{
    const auto stored = [](const QByteArray &more, responses::OnFinished onFinished) {
        ModelAnswer answer{.completion = Completion{.text = "x"}};
        const auto call = callOf(withInput("\"hi\"", more), {}, std::move(onFinished));
        return jsonAt(call->answerBody(answer, facts()), "store").toBool();
    };
    const auto keep = [](const responses::FinishedResponse &) {};
    QVERIFY(stored(R"("store":true)", keep));
    QVERIFY(stored(R"("store":null)", keep));
    QVERIFY(!stored(R"("store":false)", keep));
    QVERIFY(!stored(R"("store":true)", {}));
}

void ResponsesAnswersTest::writesItems_data()
{
    QTest::addColumn<Completion>("completion");
    QTest::addColumn<QByteArray>("output"); // X stands for what ids have in common
    const auto row = [](const char *name, Completion completion, const QByteArray &output) {
        QTest::newRow(name) << std::move(completion) << output;
    };
    row("nothing", {}, "[]");
    row("thoughts and text", {.text = "t", .reasoning = "r"},
        R"([{"encrypted_content":"lunargate1.e30","id":"rs_X_0","summary":[{"text":"r","type":"summary_text"}],"type":"reasoning"},{"content":[{"annotations":[],"logprobs":[],"text":"t","type":"output_text"}],"id":"msg_X_1","role":"assistant","status":"completed","type":"message"}])");
    row("refusal", {.refusal = "no"},
        R"([{"content":[{"refusal":"no","type":"refusal"}],"id":"msg_X_0","role":"assistant","status":"completed","type":"message"}])");
    row("annotations",
        {.text = "t",
         .annotations = {R"({"type":"url_citation","url_citation":{"url":"u"}})", R"({"type":"other","x":1})"}},
        R"([{"content":[{"annotations":[{"type":"url_citation","url":"u"},{"type":"other","x":1}],"logprobs":[],"text":"t","type":"output_text"}],"id":"msg_X_0","role":"assistant","status":"completed","type":"message"}])");
    row("calls of every kind",
        {.toolCalls = {{.id = "c1", .name = "f", .arguments = "{}"},
                       {.id = "c2", .name = "fs__read", .arguments = "{}"},
                       {.id = "c3", .name = "patch", .arguments = R"({"input":"x\n"})"},
                       {.id = "c4", .name = "patch", .arguments = "as it is"},
                       {.id = "c5", .name = "patch", .arguments = R"({"input":1})", .isCustom = true}},
         .finishReason = FinishReason::ToolCalls},
        R"([{"arguments":"{}","call_id":"c1","id":"fc_X_0","name":"f","status":"completed","type":"function_call"},{"arguments":"{}","call_id":"c2","id":"fc_X_1","name":"read","namespace":"fs","status":"completed","type":"function_call"},{"call_id":"c3","id":"ctc_X_2","input":"x\n","name":"patch","status":"completed","type":"custom_tool_call"},{"call_id":"c4","id":"ctc_X_3","input":"as it is","name":"patch","status":"completed","type":"custom_tool_call"},{"call_id":"c5","id":"ctc_X_4","input":"{\"input\":1}","name":"patch","status":"completed","type":"custom_tool_call"}])");
    row("only the last item is cut",
        {.text = "t", .toolCalls = {{.id = "c", .name = "f", .arguments = "{"}}, .finishReason = FinishReason::Length},
        R"([{"content":[{"annotations":[],"logprobs":[],"text":"t","type":"output_text"}],"id":"msg_X_0","role":"assistant","status":"completed","type":"message"},{"arguments":"{","call_id":"c","id":"fc_X_1","name":"f","status":"incomplete","type":"function_call"}])");
}

void ResponsesAnswersTest::writesItems()
{
    QFETCH(const Completion, completion);
    QFETCH(const QByteArray, output);
    const QByteArray body = answerTo(kBody, completion);
    const QByteArray actual = QJsonDocument(jsonAt(body, "output").toArray()).toJson(QJsonDocument::Compact);
    QCOMPARE(QByteArray(actual).replace(kOwn, "X"), output);
}

void ResponsesAnswersTest::tellsHowItEnded_data()
{
    QTest::addColumn<FinishReason>("reason");
    QTest::addColumn<QByteArray>("status");
    QTest::addColumn<QByteArray>("why");
    QTest::newRow("stop") << FinishReason::Stop << QByteArray("completed") << QByteArray();
    QTest::newRow("calls") << FinishReason::ToolCalls << QByteArray("completed") << QByteArray();
    QTest::newRow("length") << FinishReason::Length << QByteArray("incomplete") << QByteArray("max_output_tokens");
    QTest::newRow("filter") << FinishReason::ContentFilter << QByteArray("incomplete") << QByteArray("content_filter");
    QTest::newRow("error") << FinishReason::Error << QByteArray("failed") << QByteArray("server_error");
}

void ResponsesAnswersTest::tellsHowItEnded()
{
    QFETCH(const FinishReason, reason);
    QFETCH(const QByteArray, status);
    QFETCH(const QByteArray, why);
    const QByteArray body = answerTo(kBody, {.text = "t", .finishReason = reason});
    QCOMPARE(textAt(body, "status"), status);
    QCOMPARE(textAt(body, "incomplete_details.reason") + textAt(body, "error.code"), why);
}

void ResponsesAnswersTest::itsOwnProtocolPassesAsItIs()
{
    const QByteArray own = R"({ "id" : "resp_1", "status":"completed","x": 1.50 })";
    ModelAnswer answer{.body = own, .completion = Completion{.text = "t"}};
    QCOMPARE(callOf(kBody)->answerBody(answer, facts()), own);
}

void ResponsesAnswersTest::tellsTheFinishedResponse()
{
    std::vector<responses::FinishedResponse> told;
    const auto note = [&](responses::FinishedResponse response) { told.push_back(std::move(response)); };
    ModelAnswer answer{.completion = Completion{.model = "m-2", .text = "t"}};
    const QByteArray body =
        callOf(
            withInput(
                R"([{"role":"user","content":"hi"},{"type":"function_call_output","call_id":"c","output":"1","id":"kept"}])"),
            {}, note)
            ->answerBody(answer, facts());
    QCOMPARE(told.size(), 1U);
    QCOMPARE(told[0].id, "resp_" + kOwn);
    QCOMPARE(told[0].object, body);
    QCOMPARE(told[0].model, "m-2");
    QCOMPARE(told[0].providerId, "");
    QVERIFY(told[0].store && told[0].isComplete);
    QCOMPARE(
        sorted(told[0].inputItems),
        R"([{"content":[{"text":"hi","type":"input_text"}],"id":"msg_)" + kOwn +
            R"(_i0","role":"user","type":"message"},{"call_id":"c","id":"kept","output":"1","type":"function_call_output"}])");
    QCOMPARE(textAt(told[0].outputItems, "0.content.0.text"), "t");

    ModelAnswer cut{.completion = Completion{.finishReason = FinishReason::Error}};
    callOf(kBody, {}, note)->answerBody(cut, facts());
    QCOMPARE(told.size(), 1U);
}

void ResponsesAnswersTest::onesInTheBackgroundAreToldToo()
{
    std::vector<responses::FinishedResponse> told;
    ModelAnswer answer{.body = R"({"id":"resp_b","status":"queued","background":true,"output":[]})",
                       .completion = Completion{.id = "resp_b"}};
    callOf(withInput("\"a\"", R"("background":true)"), {}, [&](responses::FinishedResponse response) {
        told.push_back(std::move(response));
    })->answerBody(answer, facts());
    QCOMPARE(told.size(), 1U);
    QCOMPARE(told[0].id, "resp_b");
    QCOMPARE(told[0].status, "queued");
    QCOMPARE(told[0].providerId, "p1");
    QVERIFY(!told[0].isComplete);
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::ResponsesAnswersTest)
#include "tst_answers.moc"
