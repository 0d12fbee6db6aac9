// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/anthropic_messages/request_reader.h"
#include "gateway/dialects/ollama/call_reader.h"
#include "gateway/providers/openai/openai_provider.h"
#include "tests/unit/providers/protocol_testing.h"

#include <QTest>

namespace lunargate {

/// What a service with OpenAI's protocol gets of a client that speaks another one.
class TranslatedRequestTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void takesOutWhatTheServiceDoesNotKnow_data();
    void takesOutWhatTheServiceDoesNotKnow();
    void shortensLongNamesOfUsers();
    void leavesMarksAndThoughtsToWhoTakesThem();
    void putsMarksOfMessagesIntoTheirContent_data();
    void putsMarksOfMessagesIntoTheirContent();
    void fitsEffortToTheModel_data();
    void fitsEffortToTheModel();
    void refusesToolsOfOthers();
    void takesOutWhatOnlyOllamaHas();
    void takesToolsWithoutATypeForFunctions();
    void showsThatImagesFollowToWhoTakesParts();
    void leavesClientsOfTheSameProtocolAlone();
};

namespace {

ProviderConfig openAi()
{
    ProviderConfig config;
    config.id = "o";
    config.type = "openai";
    config.baseUrl = "https://api.openai.com/v1";
    config.quirks.maxTokensField = MaxTokensField::ByModel;
    return config;
}

/// The body, and behind it what was left out; the error's reason and field if it is refused.
QByteArray written(const ChatRequest &request, const ProviderConfig &config, const QByteArray &model)
{
    const PreparedCall prepared = OpenAiProvider(config).chatCall(request, model);
    if (!prepared)
        return prepared.error().reason + ' ' + prepared.error().param;
    const auto &dropped = (*prepared)->droppedParams;
    const QByteArray body = (*prepared)->request.body;
    return dropped.empty() ? body : body + " without " + QByteArrayList(dropped.begin(), dropped.end()).join(", ");
}

/// Of a client that speaks the Messages protocol.
QByteArray written(const QByteArray &members, const ProviderConfig &config = openAi(),
                   const QByteArray &model = "gpt-4o")
{
    Result<anthropic_messages::ReadCall> call = anthropic_messages::readRequest('{' + members + '}', 64);
    if (!call || !normalise(call->request))
        qFatal("the request cannot be read");
    return written(call->request, config, model);
}

/// Of a client that speaks Ollama's.
QByteArray writtenForOllama(const QByteArray &members, const ProviderConfig &config = openAi(),
                            const QByteArray &model = "gpt-4o")
{
    const QByteArray body =
        R"({"model":"m","stream":false,"messages":[{"role":"user","content":"a"}],)" + members + '}';
    Result<ollama_api::ReadCall> read =
        ollama_api::readChatCall(body, 64, [](QByteArrayView name) { return name.toByteArray(); });
    if (!read || !normalise(read->call->request))
        qFatal("the request cannot be read");
    return written(read->call->request, config, model);
}

QByteArray chat(const QByteArray &members)
{
    return "{" + members + R"(,"model":"gpt-4o"})";
}

const QByteArray kImagesFollow = "\"(see the next message)\"";
const QByteArray kMark = R"("cache_control":{"type":"ephemeral"})";

} // namespace

void TranslatedRequestTest::takesOutWhatTheServiceDoesNotKnow_data()
{
    QTest::addColumn<QByteArray>("members");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char *scenario, const QByteArray &members, const QByteArray &expected) {
        QTest::newRow(scenario) << members << expected;
    };
    row("plain", R"("messages":[{"role":"user","content":"a"}])",
        chat(R"("messages":[{"role":"user","content":"a"}])"));
    row("marks",
        R"("messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b",)" + kMark +
            R"(}]}],"system":[{"type":"text","text":"s",)" + kMark + R"(}],"tools":[{"name":"f",)" + kMark + "}]," +
            kMark,
        chat(R"("messages":[{"role":"system","content":"s"},{"role":"user","content":"a\n\nb"}],)"
             R"("tools":[{"type":"function","function":{"name":"f"}}])") +
            " without cache_control");
    row("marked image",
        R"("messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"image",)" + kMark +
            R"(,"source":{"type":"url","url":"https://x"}}]}])",
        chat(R"("messages":[{"role":"user","content":[{"type":"text","text":"a"},)"
             R"({"type":"image_url","image_url":{"url":"https://x"}}]}])") +
            " without cache_control");
    row("thoughts",
        R"("messages":[{"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"Eq"},)"
        R"({"type":"text","text":"a"}]}])",
        chat(R"("messages":[{"role":"assistant","content":"a"}])") + " without messages.reasoning_details");
    row("images in results",
        R"("messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":[{"type":"image",)"
        R"("source":{"type":"url","url":"https://x"}}]},{"type":"tool_result","tool_use_id":"u","is_error":true,)"
        R"("content":"no"},{"type":"text","text":"so?"}]}])",
        chat(R"("messages":[{"role":"tool","tool_call_id":"t","content":)" + kImagesFollow + "}," +
             R"({"role":"tool","tool_call_id":"u","content":"no"},)"
             R"({"role":"user","content":[{"type":"image_url","image_url":{"url":"https://x"}}]},)"
             R"({"role":"user","content":"so?"}])"));
    row("top_k", R"("messages":[],"top_k":5)", chat(R"("messages":[])") + " without top_k");
}

void TranslatedRequestTest::takesOutWhatTheServiceDoesNotKnow()
{
    QFETCH(const QByteArray, members);
    QFETCH(const QByteArray, expected);
    QCOMPARE(written(members), expected);
}

void TranslatedRequestTest::shortensLongNamesOfUsers()
{
    const auto userFor = [](qsizetype length) {
        const QByteArray body = written(R"("messages":[],"metadata":{"user_id":")" + QByteArray(length, 'u') + "\"}");
        const std::optional<json::Document> document = json::Document::parse(body);
        return document ? document->root()["user"].toByteArray() : body;
    };
    QCOMPARE(userFor(64), QByteArray(64, 'u'));
    QCOMPARE(userFor(65).size(), 64);
    QCOMPARE(userFor(65), userFor(65));
    QVERIFY(userFor(65) != userFor(66));
}

void TranslatedRequestTest::leavesMarksAndThoughtsToWhoTakesThem()
{
    ProviderConfig config = openAi();
    config.quirks.maxTokensField = MaxTokensField::AsSent;
    config.quirks.reasoningField = ReasoningField::Object;
    const QByteArray body =
        written(R"("messages":[{"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"Eq"},)"
                R"({"type":"text","text":"a",)" +
                    kMark + R"(}]}],"top_k":5)",
                config);
    QCOMPARE(body,
             chat(R"("messages":[{"role":"assistant","content":[{"type":"text","text":"a",)" + kMark +
                  R"(}],"reasoning_content":"hm","reasoning_details":[{"type":"reasoning.text","text":"hm",)"
                  R"("signature":"Eq","id":"msg.0.t0c0","format":"anthropic-claude-v1","index":0}]}],"top_k":5)"));
}

// OpenRouter looks for marks in parts alone.
void TranslatedRequestTest::putsMarksOfMessagesIntoTheirContent_data()
{
    QTest::addColumn<QByteArray>("messages");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char *scenario, const QByteArray &messages, const QByteArray &expected) {
        QTest::newRow(scenario) << messages << expected;
    };
    const auto result = [](const QByteArray &content) {
        return R"({"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":)" + content + ',' +
               kMark + "}]}";
    };
    const QByteArray tool = R"({"role":"tool","tool_call_id":"t","content":)";
    row("text of a result", result(R"("a")"),
        chat(R"("messages":[)" + tool + R"([{"type":"text","text":"a",)" + kMark + "}]}]"));
    row("parts of a result", result(R"([{"type":"text","text":"a"},{"type":"text","text":"b"}])"),
        chat(R"("messages":[)" + tool + R"([{"type":"text","text":"a"},{"type":"text","text":"b",)" + kMark + "}]}]"));
    row("image in a result",
        result(R"([{"type":"text","text":"a"},{"type":"image","source":{"type":"url","url":"https://x"}}])"),
        chat(R"("messages":[)" + tool + R"([{"type":"text","text":"a",)" + kMark +
             R"(}]},{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://x"}}]}])"));
    row("result of nothing", result(R"("")"), chat(R"("messages":[)" + tool + R"(""}])") + " without cache_control");
    row("call beside a text",
        R"({"role":"assistant","content":[{"type":"text","text":"a"},{"type":"tool_use","id":"t","name":"f","input":{},)" +
            kMark + "}]}",
        chat(R"("messages":[{"role":"assistant","content":[{"type":"text","text":"a",)" + kMark +
             R"(}],"tool_calls":[{"id":"t","type":"function","function":{"name":"f","arguments":"{}"}}]}])"));
}

void TranslatedRequestTest::putsMarksOfMessagesIntoTheirContent()
{
    QFETCH(const QByteArray, messages);
    QFETCH(const QByteArray, expected);
    ProviderConfig config = openAi();
    config.quirks.reasoningField = ReasoningField::Object;
    QCOMPARE(written(R"("messages":[)" + messages + ']', config), expected);
}

void TranslatedRequestTest::fitsEffortToTheModel_data()
{
    QTest::addColumn<QByteArray>("members");
    QTest::addColumn<QByteArray>("model");
    QTest::addColumn<QByteArray>("effort");
    QTest::addColumn<bool>("isDropped");
    const auto row = [](const char *scenario, const char *members, const char *model, const char *effort,
                        bool isDropped) {
        QTest::newRow(scenario) << QByteArray(members) << QByteArray(model) << QByteArray(effort) << isDropped;
    };
    const char *const low = R"("output_config":{"effort":"low"})";
    const char *const most = R"("output_config":{"effort":"max"})";
    const char *const off = R"("thinking":{"type":"disabled"})";
    row("model that thinks", low, "gpt-5", "low", false);
    row("as much as all know", most, "gpt-5", "high", false);
    row("model that does not think", low, "gpt-4o", "", true);
    row("off, where it is off", off, "gpt-4o", "", false);
    row("off, where it cannot be", off, "gpt-5", "", true);
}

void TranslatedRequestTest::fitsEffortToTheModel()
{
    QFETCH(const QByteArray, members);
    QFETCH(const QByteArray, model);
    QFETCH(const QByteArray, effort);
    QFETCH(const bool, isDropped);
    const QByteArray body = written(R"("messages":[],)" + members, openAi(), model);
    QCOMPARE(body.contains("without reasoning_effort"), isDropped);
    const QByteArray member = "\"reasoning_effort\":\"" + effort + '"';
    QVERIFY2(body.contains(member) == !effort.isEmpty(), body.constData());
}

void TranslatedRequestTest::refusesToolsOfOthers()
{
    QCOMPARE(written(R"("messages":[],"tools":[{"name":"f"},{"type":"web_search_20250305","name":"web_search"}])"),
             "unsupported_parameter tools[1]");
    QCOMPARE(written(R"("messages":[{"role":"user","content":[{"type":"container_upload"}]}])"),
             "unsupported_parameter messages[0].content[0]");
}

void TranslatedRequestTest::takesOutWhatOnlyOllamaHas()
{
    const QByteArray messages = R"("messages":[{"role":"user","content":"a"}],"stream":false)";
    const QByteArray plain = R"({"model":"gpt-4o",)" + messages + '}';
    QCOMPARE(writtenForOllama(R"("keep_alive":"5m","options":{"num_ctx":4096,"top_k":5,"mirostat":2})"),
             plain + " without top_k, num_ctx, options.mirostat, keep_alive");
    for (const ReasoningField form : {ReasoningField::Effort, ReasoningField::Object}) {
        ProviderConfig config = openAi();
        config.quirks.reasoningField = form;
        const QByteArray body = writtenForOllama(R"("think":false)", config, "gpt-5");
        QVERIFY2(!body.contains("reasoning_effort"), body.constData()); // models that cannot think would refuse it
    }
}

void TranslatedRequestTest::takesToolsWithoutATypeForFunctions()
{
    const QByteArray body = writtenForOllama(R"("tools":[{"function":{"name":"f"}}])");
    QVERIFY2(body.contains(R"("tools":[{"type":"function","function":{"name":"f"}}])"), body.constData());
}

void TranslatedRequestTest::showsThatImagesFollowToWhoTakesParts()
{
    ProviderConfig config = openAi();
    config.quirks.reasoningField = ReasoningField::Object;
    const QByteArray body =
        written(R"("messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":)"
                R"([{"type":"image","source":{"type":"url","url":"https://x"}}]}]}])",
                config);
    QVERIFY2(body.contains(R"("content":)" + kImagesFollow), body.constData());
}

void TranslatedRequestTest::leavesClientsOfTheSameProtocolAlone()
{
    const QByteArray body = R"({"model":"gpt-4o","messages":[{"role":"user","content":[{"type":"text","text":"a",)" +
                            kMark + R"(}]}],"tools":[{"type":"web_search"}]})";
    QCOMPARE(test::sentBody(OpenAiProvider(openAi()), body, "gpt-4o"), body);
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::TranslatedRequestTest)
#include "tst_translated_request.moc"
