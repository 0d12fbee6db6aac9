// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/dialects/ollama/ollama_calls.h"
#include "tests/unit/providers/ollama/ollama_testing.h"

#include <QTest>

using namespace lunargate;
using namespace lunargate::test;

namespace {

using Kind = ChatStreamEvent::Kind;

const QByteArray kStream =
    R"({ "model":"x", "zeta":1.0, "message":{"role":"assistant","content":"","thinking":"Hm."},"done":false})"
    "\n"
    R"({"model":"x","message":{"role":"assistant","content":"Hi"},"done":false,"remote_host":"h"})"
    "\n"
    R"({"model":"x","message":{"role":"assistant","content":"","tool_calls":[{"function":{"name":"f","arguments":{}}}]},"done":false})"
    "\n"
    R"({"model":"x","message":{"role":"assistant","content":""},"done":false})"
    "\n"
    R"({"model":"x","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop","prompt_eval_count":3,"eval_count":4})"
    "\n";

std::unique_ptr<ProviderCall> providerCall(const QByteArray &body, Read read, const ProviderConfig &config,
                                           const QByteArray &model)
{
    static std::vector<std::unique_ptr<OllamaProvider>> providers; // calls refer to their provider
    providers.push_back(std::make_unique<OllamaProvider>(config));
    PreparedCall call = providers.back()->chatCall(callOf(body, read)->request, model);
    if (!call)
        qFatal("%s", call.error().message.constData());
    return *std::move(call);
}

UpstreamRequest sent(const QByteArray &body, const ProviderConfig &config = ollamaConfig(),
                     const QByteArray &model = "m", Read read = &ollama_api::readChatCall)
{
    return std::move(providerCall(body, read, config, model)->request);
}

std::vector<ChatStreamEvent> eventsOf(const QByteArray &stream, qsizetype pieces)
{
    const auto call = providerCall(chatOf({}), &ollama_api::readChatCall, ollamaConfig(), "m");
    return readStream(*call->streamReader(), stream, pieces, pieces);
}

QByteArray linesOf(const std::vector<ChatStreamEvent> &events)
{
    const auto writer = callOf(chatOf({}))->streamWriter(factsOfTest());
    QByteArray lines;
    for (const ChatStreamEvent &event : events)
        writer->append(lines, event);
    return lines;
}

} // namespace

/// Clients and providers that both speak Ollama's protocol.
class OllamaNativeTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void requestsPassByteForByte_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::newRow("odd spelling") << QByteArray(
            " {\"messages\":[ {\"role\":\"user\",\"content\":\"caf\\u00e9\"}],\"zeta\":1.0,\"model\" : \"m\"}\n");
        QTest::newRow("options of later versions")
            << chatOf(R"("options":{"mirostat":2,"num_ctx":8192},"logprobs":true,"think":"max","n":3)");
    }

    void requestsPassByteForByte()
    {
        QFETCH(const QByteArray, body);
        QCOMPARE(sent(body).body, body);
    }

    void eachEndpointReachesItsOwn()
    {
        const UpstreamRequest chat = sent(chatOf({}));
        QCOMPARE(chat.url.path(), QStringLiteral("/api/chat"));
        QVERIFY(chat.isStream);
        QCOMPARE(chat.headers.value("Accept"), "application/x-ndjson");
        const QByteArray prompt = R"({"model":"m","prompt":"a","suffix":"b","raw":true,"stream":false})";
        const UpstreamRequest generate = sent(prompt, ollamaConfig(), "m", &ollama_api::readGenerateCall);
        QCOMPARE(generate.url.path(), QStringLiteral("/api/generate"));
        QCOMPARE(generate.body, prompt);
        QVERIFY(!generate.isStream);
        QCOMPARE(generate.headers.value("Accept"), "application/json");
    }

    void modelIsTheTargets()
    {
        QCOMPARE(sent(R"({ "model":"local/a", "messages":[{"role":"user","content":"a"}] })", ollamaConfig(), "a").body,
                 R"({ "model":"a", "messages":[{"role":"user","content":"a"}] })");
        QCOMPARE(sent(R"({"messages":[{"role":"user","content":"a"}]})", ollamaConfig(), {}).body,
                 R"({"messages":[{"role":"user","content":"a"}],"model":"llama3.2"})");
    }

    void configurationSaysWhatTheClientDoesNot_data()
    {
        QTest::addColumn<QByteArray>("more");
        QTest::addColumn<QByteArray>("result");
        QTest::newRow("nothing said")
            << QByteArray() << QByteArray(R"("options":{"temperature":0.5,"top_k":9,"num_predict":7},"think":"low")");
        QTest::newRow("some said")
            << QByteArray(R"("options":{"top_k":1 ,"num_ctx":2},"think":true)")
            << QByteArray(R"("options":{"top_k":1 ,"num_ctx":2,"temperature":0.5,"num_predict":7},"think":true)");
        QTest::newRow("empty") << QByteArray(R"("options":{},"think":false)")
                               << QByteArray(
                                      R"("options":{"temperature":0.5,"top_k":9,"num_predict":7},"think":false)");
    }

    void configurationSaysWhatTheClientDoesNot()
    {
        QFETCH(const QByteArray, more);
        QFETCH(const QByteArray, result);
        ProviderConfig config = ollamaConfig();
        config.temperature = 0.5;
        config.topK = 9;
        config.maxTokens = 7;
        config.extra["think"] = "low";
        QCOMPARE(sent(chatOf(more), config).body, chatOf(result));
    }

    void whatOnlyOllamaCanDoIsNoError()
    {
        const auto call = callOf(R"({"model":"m","prompt":"a","context":[1]})", &ollama_api::readGenerateCall);
        QVERIFY(call->request.untranslatable);
        QVERIFY(OllamaProvider(ollamaConfig()).chatCall(call->request, "m"));
    }

    void answersPassByteForByte_data()
    {
        QTest::addColumn<bool>("isChat");
        QTest::addColumn<QByteArray>("answer");
        QTest::newRow("chat")
            << true
            << QByteArray(
                   R"({ "model":"x","zeta":1.0,"message":{"role":"assistant","content":"Hello","thinking":"Hm."},"done":true,"eval_count":4,"prompt_eval_count":3 })");
        QTest::newRow("generate")
            << false
            << QByteArray(
                   R"({ "model":"x","response":"Hello","thinking":"Hm.","done":true,"context":[1,2],"eval_count":4,"prompt_eval_count":3 })");
    }

    void answersPassByteForByte()
    {
        QFETCH(const bool, isChat);
        QFETCH(const QByteArray, answer);
        const auto call =
            isChat
                ? providerCall(chatOf(R"("stream":false)"), &ollama_api::readChatCall, ollamaConfig(), "m")
                : providerCall(R"({"prompt":"a","stream":false})", &ollama_api::readGenerateCall, ollamaConfig(), "m");
        const auto read = call->readAnswer(answer);
        QVERIFY(read);
        QCOMPARE(read->body, answer);
        QVERIFY(read->completion);
        QCOMPARE(read->completion->text, "Hello");
        QCOMPARE(read->completion->reasoning, "Hm.");
        QVERIFY(read->usage && read->usage->output == 4 && read->usage->input == 3);
    }

    void answersThatMakeNoSenseAreFailures()
    {
        const auto call = providerCall(chatOf({}), &ollama_api::readChatCall, ollamaConfig(), "m");
        for (const QByteArray answer : {"", "[]", "{}", R"({"error":"no"})"})
            QVERIFY(!call->readAnswer(answer));
    }

    void streamsPassByteForByteAtAnySplit()
    {
        for (const qsizetype pieces : {qsizetype(1), qsizetype(7), kStream.size()})
            QCOMPARE(linesOf(eventsOf(kStream, pieces)), kStream);
    }

    void streamsAreUnderstoodBeside()
    {
        const auto events = eventsOf(kStream, kStream.size());
        QByteArray text;
        QByteArray thoughts;
        int calls = 0;
        for (const ChatStreamEvent &event : events) {
            QVERIFY(event.kind == Kind::Chunk || event.kind == Kind::End);
            text += event.delta.text;
            thoughts += event.delta.reasoning;
            calls += event.delta.toolCall ? 1 : 0;
        }
        QCOMPARE(text, "Hi");
        QCOMPARE(thoughts, "Hm.");
        QCOMPARE(calls, 1);
        const ChatStreamEvent &last = events.at(events.size() - 2);
        QCOMPARE(last.delta.finishReason, std::optional(FinishReason::ToolCalls));
        QVERIFY(last.usage && last.usage->output == 4);
        QCOMPARE(events.back().kind, Kind::End);
    }

    void generatedStreamsToo()
    {
        const QByteArray stream = R"({"model":"x","response":"Hi","done":false})"
                                  "\n"
                                  R"({"model":"x","response":"","done":true,"done_reason":"length","context":[1]})"
                                  "\n";
        const auto events = eventsOf(stream, 5);
        QCOMPARE(linesOf(events), stream);
        QCOMPARE(events.front().delta.text, "Hi");
        QVERIFY(events.front().isUseful);
    }

    void failuresEndTheStream_data()
    {
        QTest::addColumn<QByteArray>("stream");
        QTest::addColumn<QByteArray>("last");
        const QByteArray begin = R"({"message":{"content":"Hi"},"done":false})"
                                 "\n";
        QTest::newRow("told") << begin + "{\"error\":\"out of memory\"}\n"
                              << QByteArray(R"({"error":"out of memory"})");
        QTest::newRow("cut")
            << begin
            << QByteArray("{\"error\":\"the provider's stream ended without its end mark: the answer is incomplete\"}");
        QTest::newRow("no JSON") << begin + "<html>\n"
                                 << QByteArray(R"({"error":"the provider sent a stream event that makes no sense"})");
    }

    void failuresEndTheStream()
    {
        QFETCH(const QByteArray, stream);
        QFETCH(const QByteArray, last);
        const auto events = eventsOf(stream, stream.size());
        QCOMPARE(events.back().kind, Kind::Failure);
        const QByteArray lines = linesOf(events);
        QVERIFY(lines.startsWith(R"({"message":{"content":"Hi"},"done":false})"));
        QCOMPARE(lines.trimmed().split('\n').last(), last);
    }

    void errorsKeepTheProvidersWords()
    {
        ProviderConfig config = ollamaConfig();
        config.apiKey = SecretString("sk-secret-1234");
        const OllamaProvider provider(config);
        const QByteArray body = R"({"error":"unauthorized sk-secret-1234","signin_url":"x"})";
        const UpstreamFailure failure = provider.readError({.status = 401, .headers = {}}, body);
        QCOMPARE(failure.protocol, ChatProtocol::Ollama);
        QCOMPARE(failure.body, R"({"error":"unauthorized ***","signin_url":"x"})");
        QCOMPARE(failure.error.message, "unauthorized ***");
    }
};

QTEST_APPLESS_MAIN(OllamaNativeTest)
#include "tst_native.moc"
