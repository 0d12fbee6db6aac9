// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/dialects/openai_responses/responses_testing.h"

using namespace lunargate::test;

namespace lunargate {

/// Calls that go on from what is known of earlier ones.
class ResponsesEarlierTurnsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void goesOnFromThePreviousResponse();
    void whoKeepsThePreviousResponseGetsTheClientsBytes();
    void othersGetTheWholeInput();
    void madeUpIdsReachNoProvider_data();
    void madeUpIdsReachNoProvider();
    void aRunningResponseIsItsProvidersAlone();
    void instructionsAreNotInherited();
    void referencesAreResolved();
    void referencesStayForWhoKeepsThem_data();
    void referencesStayForWhoKeepsThem();
    void whatIsKeptHasEverything();
    void thoughtsOfOtherProtocolsComeBack();
    void thoughtsOfOtherProtocolsReachNoProvider();
    void unsignedThoughtsOfTheGatewayReachNoProvider();
    void damagedThoughtsAreLeftOut_data();
    void damagedThoughtsAreLeftOut();
};

namespace {

responses::PreviousResponse previous(const QByteArray &provider = {})
{
    return {
        .inputItems =
            R"([{"id":"msg_a_i0","type":"message","role":"user","content":[{"type":"input_text","text":"list"}]}])",
        .outputItems =
            R"([{"id":"rs_a_0","type":"reasoning","summary":[],"encrypted_content":null},{"id":"fc_a_1","type":"function_call","status":"completed","call_id":"c1","name":"ls","arguments":"{}"}])",
        .providerId = provider};
}

const QByteArray kNext =
    R"({"model":"m", "previous_response_id":"resp_a","input":[ {"type":"function_call_output","call_id":"c1","output":"a.c"}]})";

QByteArray nativeMember(const ClientCall &call, const QByteArray &name)
{
    const json::Member *member = json::find(call.request.native->members, name);
    return member ? sorted(member->value.of(call.request.native->body).toByteArray()) : QByteArray("-");
}

} // namespace

void ResponsesEarlierTurnsTest::goesOnFromThePreviousResponse()
{
    const auto call = callOf(kNext, {.previous = previous()});
    QCOMPARE(
        chatMember(*call, "messages"),
        R"([{"content":"list","role":"user"},{"content":null,"role":"assistant","tool_calls":[{"function":{"arguments":"{}","name":"ls"},"id":"c1","type":"function"}]},{"content":"a.c","role":"tool","tool_call_id":"c1"}])");
}

void ResponsesEarlierTurnsTest::whoKeepsThePreviousResponseGetsTheClientsBytes()
{
    const auto call = callOf(kNext, {.previous = previous("p1")});
    const auto &continuation = call->request.native->continuation;
    QVERIFY(continuation);
    QCOMPARE(continuation->providerId, "p1");
    QCOMPARE(continuation->body, kNext);
    QCOMPARE(json::find(continuation->members, "model")->value.of(continuation->body).toByteArray(), "\"m\"");
    QVERIFY(!callOf(kNext, {.previous = previous()})->request.native->continuation);
}

// Without ids that only the gateway knows, and without thoughts of which there is nothing to read.
void ResponsesEarlierTurnsTest::othersGetTheWholeInput()
{
    const auto call = callOf(kNext, {.previous = previous("p1")});
    QCOMPARE(nativeMember(*call, "previous_response_id"), "-");
    QCOMPARE(nativeMember(*call, "model"), "\"m\"");
    QCOMPARE(
        nativeMember(*call, "input"),
        R"([{"content":[{"text":"list","type":"input_text"}],"role":"user","type":"message"},{"arguments":"{}","call_id":"c1","name":"ls","status":"completed","type":"function_call"},{"call_id":"c1","output":"a.c","type":"function_call_output"}])");
    QVERIFY(call->request.native->document.root()["input"].isArray());
}

void ResponsesEarlierTurnsTest::madeUpIdsReachNoProvider_data()
{
    QTest::addColumn<QByteArray>("item"); // without its id
    for (const char *item :
         {R"("type":"shell_call_output","call_id":"c","output":[])",
          R"("type":"apply_patch_call_output","call_id":"c","status":"completed")",
          R"("type":"computer_call_output","call_id":"c","output":{})",
          R"("type":"local_shell_call_output","output":"")", R"("type":"message","role":"user","content":"a")"})
        QTest::newRow(item) << QByteArray(item);
}

void ResponsesEarlierTurnsTest::madeUpIdsReachNoProvider()
{
    QFETCH(const QByteArray, item);
    const QByteArray withId = R"({"id":"item_)" + kOwn + R"(_i3",)" + item + '}';
    const auto later =
        callOf(kNext, {.previous = responses::PreviousResponse{.inputItems = '[' + withId + ']', .outputItems = "[]"}});
    QVERIFY2(!nativeMember(*later, "input").contains(kOwn), nativeMember(*later, "input").constData());
    const auto own = callOf(withInput('[' + withId + ']'));
    QCOMPARE(nativeMember(*own, "input"), sorted("[{" + item + "}]"));
    const QByteArray reference = R"([{"type":"item_reference","id":"msg_)" + kOwn + R"(_1"}])";
    QVERIFY(nativeMember(*callOf(withInput(reference)), "input").contains(kOwn));
}

void ResponsesEarlierTurnsTest::aRunningResponseIsItsProvidersAlone()
{
    responses::PreviousResponse running = previous("p1");
    running.isRunning = true;
    const auto call = callOf(kNext, {.previous = running});
    QCOMPARE(call->request.onlyProvider, "p1");
    QVERIFY(call->request.untranslatable);
    QCOMPARE(call->request.untranslatable->reason, "previous_response_not_finished");
    QCOMPARE(callOf(kNext, {.previous = previous("p1")})->request.onlyProvider, "");
}

void ResponsesEarlierTurnsTest::instructionsAreNotInherited()
{
    const auto call = callOf(R"({"previous_response_id":"resp_a","instructions":"new","input":"go"})",
                             {.previous = responses::PreviousResponse{.inputItems = "[]", .outputItems = "[]"}});
    QCOMPARE(chatMember(*call, "messages"), R"([{"content":"new","role":"system"},{"content":"go","role":"user"}])");
}

void ResponsesEarlierTurnsTest::referencesAreResolved()
{
    const auto call = callOf(
        withInput(
            R"([{"type":"item_reference","id":"msg_1"},{"id":"fc_1"},{"type":"function_call_output","call_id":"c","output":"1"}])"),
        {.items = {
             {"msg_1",
              {.json =
                   R"({"id":"msg_1","type":"message","role":"assistant","content":[{"type":"output_text","text":"t"}]})"}},
             {"fc_1", {.json = R"({"id":"fc_1","type":"function_call","call_id":"c","name":"f","arguments":"{}"})"}}}});
    QCOMPARE(
        chatMember(*call, "messages"),
        R"([{"content":"t","role":"assistant","tool_calls":[{"function":{"arguments":"{}","name":"f"},"id":"c","type":"function"}]},{"content":"1","role":"tool","tool_call_id":"c"}])");
    QVERIFY(!nativeMember(*call, "input").contains("item_reference"));
}

void ResponsesEarlierTurnsTest::referencesStayForWhoKeepsThem_data()
{
    QTest::addColumn<QByteArray>("first");
    QTest::addColumn<QByteArray>("second");
    QTest::addColumn<QByteArray>("keeper");
    QTest::newRow("one provider") << QByteArray("p1") << QByteArray("p1") << QByteArray("p1");
    QTest::newRow("two providers") << QByteArray("p1") << QByteArray("p2") << QByteArray();
    QTest::newRow("one is ours") << QByteArray("p1") << QByteArray() << QByteArray();
    QTest::newRow("ours") << QByteArray() << QByteArray() << QByteArray();
}

void ResponsesEarlierTurnsTest::referencesStayForWhoKeepsThem()
{
    QFETCH(const QByteArray, first);
    QFETCH(const QByteArray, second);
    QFETCH(const QByteArray, keeper);
    const QByteArray body = withInput(R"([{"type":"item_reference","id":"a"},{"type":"item_reference","id":"b"}])");
    const QByteArray item = R"({"type":"message","role":"user","content":"x"})";
    const auto call = callOf(body, {.items = {{"a", {item, first}}, {"b", {item, second}}}});
    const auto &continuation = call->request.native->continuation;
    QCOMPARE(continuation ? continuation->providerId : QByteArray(), keeper);
    if (continuation)
        QCOMPARE(continuation->body, body);
}

void ResponsesEarlierTurnsTest::whatIsKeptHasEverything()
{
    responses::FinishedResponse finished;
    const auto call = callOf(kNext, {.previous = previous()},
                             [&](responses::FinishedResponse response) { finished = std::move(response); });
    framesFor(*call, {delta({.text = "done"}), finish(FinishReason::Stop), end()});
    QStringList ids;
    for (const QJsonValue item : QJsonDocument::fromJson(finished.inputItems).array())
        ids += item[u"type"].toString() + u' ' + item[u"id"].toString();
    const QString own = QString::fromUtf8(kOwn);
    QCOMPARE(ids, (QStringList{QStringLiteral("message msg_a_i0"), QStringLiteral("reasoning rs_a_0"),
                               QStringLiteral("function_call fc_a_1"),
                               QStringLiteral("function_call_output fco_") + own + QStringLiteral("_i3")}));

    // And the next call goes on from there.
    const auto next = callOf(R"({"previous_response_id":"resp_b","input":"more"})",
                             {.previous = responses::PreviousResponse{.inputItems = finished.inputItems,
                                                                      .outputItems = finished.outputItems}});
    const QByteArray messages = chatMember(*next, "messages");
    QCOMPARE(QJsonDocument::fromJson(messages).array().size(), 5);
    QCOMPARE(textAt(messages, "3.content"), "done");
    QCOMPARE(textAt(messages, "4.content"), "more");
}

namespace {

const QByteArray kSigned =
    R"({"type":"reasoning.text","text":"hm","signature":"sig","format":"anthropic-claude-v1","index":0})";
const QByteArray kExtra = R"({"google":{"thought_signature":"s"}})";

// What a provider of another protocol says with all that must come back.
std::vector<ChatStreamEvent> thinkingTurn()
{
    ChatDelta call{.toolCall = ChatDelta::ToolCall{.id = "c1", .name = "f", .arguments = "{}", .extraContent = kExtra}};
    return {delta({.reasoning = "hm"}), delta({.reasoningDetail = kSigned}), delta({.text = "I look."}),
            delta(std::move(call)),     finish(FinishReason::ToolCalls),     end()};
}

} // namespace

void ResponsesEarlierTurnsTest::thoughtsOfOtherProtocolsComeBack()
{
    const auto first = callOf(withInput("\"go\"", R"("stream":true)"));
    QJsonArray items = jsonAt(lastResponse(framesFor(*first, thinkingTurn())), "output").toArray();
    items.append(QJsonDocument::fromJson(R"({"type":"function_call_output","call_id":"c1","output":"1"})").object());
    const auto second = callOf(withInput(QJsonDocument(items).toJson(QJsonDocument::Compact)));
    const QByteArray messages = chatMember(*second, "messages");
    QCOMPARE(QJsonDocument::fromJson(messages).array().size(), 2);
    QCOMPARE(textAt(messages, "0.content"), "I look.");
    QCOMPARE(textAt(messages, "0.reasoning_content"), "hm");
    QCOMPARE(QJsonDocument(jsonAt(messages, "0.reasoning_details.0").toObject()).toJson(QJsonDocument::Compact),
             sorted(kSigned));
    QCOMPARE(QJsonDocument(jsonAt(messages, "0.tool_calls.0.extra_content").toObject()).toJson(QJsonDocument::Compact),
             sorted(kExtra));
    QVERIFY(second->request.unsaid.empty());

    // The same for an answer that came at once.
    ModelAnswer whole{
        .completion = Completion{.text = "I look.",
                                 .reasoning = "hm",
                                 .reasoningDetails = {kSigned},
                                 .toolCalls = {{.id = "c1", .name = "f", .arguments = "{}", .extraContent = kExtra}}}};
    items = jsonAt(callOf(withInput("\"go\""))->answerBody(whole, facts()), "output").toArray();
    items.append(QJsonDocument::fromJson(R"({"type":"function_call_output","call_id":"c1","output":"1"})").object());
    QCOMPARE(chatMember(*callOf(withInput(QJsonDocument(items).toJson(QJsonDocument::Compact))), "messages"), messages);
}

void ResponsesEarlierTurnsTest::thoughtsOfOtherProtocolsReachNoProvider()
{
    const auto first = callOf(withInput("\"go\"", R"("stream":true)"));
    const QJsonArray items = jsonAt(lastResponse(framesFor(*first, thinkingTurn())), "output").toArray();
    const auto second = callOf(withInput(QJsonDocument(items).toJson(QJsonDocument::Compact), R"("x" : 1.0)"));
    const QByteArray input = nativeMember(*second, "input");
    QVERIFY(!input.contains("reasoning"));
    QVERIFY(input.contains("I look.") && input.contains("function_call"));
    QVERIFY(second->request.native->body.contains(R"("x" : 1.0)"));
}

// The thoughts of a provider that signs nothing have an id of the gateway's, and nothing that a provider could read.
void ResponsesEarlierTurnsTest::unsignedThoughtsOfTheGatewayReachNoProvider()
{
    const QByteArray own = R"({"type":"reasoning","id":"rs_0123456789abcdef0123456789abcdef_0","summary":[]},)";
    const QByteArray theirs = R"({"type":"reasoning","id":"rs_68ab","summary":[]})";
    const auto call = callOf(withInput('[' + own + theirs + ']'));
    QCOMPARE(nativeMember(*call, "input"), sorted('[' + theirs + ']'));
}

void ResponsesEarlierTurnsTest::damagedThoughtsAreLeftOut_data()
{
    QTest::addColumn<QByteArray>("content");
    const auto carried = [](const QByteArray &json) {
        return "lunargate1." + json.toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals);
    };
    QTest::newRow("no base64") << QByteArray("lunargate1.***");
    QTest::newRow("no JSON") << carried("{");
    QTest::newRow("no object") << carried("[1]");
    QTest::newRow("too deep") << carried("{\"details\":" + QByteArray(100, '[') + QByteArray(100, ']') + "}");
}

void ResponsesEarlierTurnsTest::damagedThoughtsAreLeftOut()
{
    QFETCH(const QByteArray, content);
    const auto call = callOf(withInput(R"([{"type":"reasoning","summary":[],"encrypted_content":")" + content +
                                       R"("},{"role":"assistant","content":"a"}])"));
    QCOMPARE(chatMember(*call, "messages"), R"([{"content":"a","role":"assistant"}])");
    QCOMPARE(call->request.unsaid, std::vector<QByteArray>{"input.reasoning.encrypted_content"});
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::ResponsesEarlierTurnsTest)
#include "tst_earlier_turns.moc"
