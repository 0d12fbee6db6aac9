// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/anthropic_messages/anthropic_messages_dialect.h"
#include "gateway/dialects/ollama/call_reader.h"
#include "gateway/dialects/openai_chat/request_reader.h"
#include "gateway/dialects/openai_responses/responses_call.h"
#include "gateway/json/parsed_text.h"
#include "gateway/json/writer.h"
#include "gateway/pipeline/normalise.h"
#include "gateway/providers/provider_registry.h"

#include <QDirIterator>
#include <QFile>
#include <QTest>

#include <memory>
#include <optional>
#include <utility>

namespace lunargate {

using Call = std::unique_ptr<ClientCall>;

/// Requests in other protocols than chat's become calls of chat without its text. Whoever asks for the text, gets one
/// that says the same; and the request says the same to every provider as if it was read from that text.
class WrittenRequestsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void isWrittenOnlyIfAskedFor_data();
    void isWrittenOnlyIfAskedFor();
    void isWrittenOnce();
    void leavesTheClientsOwnTextAlone();
    void saysTheSameAsItsText_data();
    void saysTheSameAsItsText();
    void outlivesWhatItWasMadeOf();
    void isWrittenWhereOldSpellingChanges();
    void givesEverythingBackWhenReleased();
};

namespace {

constexpr int kMaxDepth = 64;

Result<Call> readMessages(const QByteArray &body)
{
    return anthropic_messages::readCall(body, kMaxDepth, {});
}

Result<Call> readResponses(const QByteArray &body)
{
    Result<responses::ResponsesBody> read = responses::readBody(body, kMaxDepth);
    if (!read)
        return std::unexpected(std::move(read.error()));
    return responses::readCall(*std::move(read), {}, {});
}

Result<Call> readOllama(const QByteArray &body)
{
    return ollama_api::readChatCall(body, kMaxDepth, [](QByteArrayView name) { return name.toByteArray(); })
        .transform([](ollama_api::ReadCall read) { return std::move(read.call); });
}

using Read = Result<Call> (*)(const QByteArray &);

Call callOf(Read read, const QByteArray &body)
{
    Result<Call> call = read(body);
    if (!call)
        qFatal("%s", call.error().message.constData());
    return *std::move(call);
}

void addProtocols()
{
    QTest::addColumn<Read>("read");
    QTest::addColumn<QByteArray>("body");
    const auto row = [](const char *name, Read read, const QByteArray &body) { QTest::newRow(name) << read << body; };
    row("Messages", &readMessages,
        R"({"model":"m","max_tokens":9,"system":[{"type":"text","text":"S"}],"messages":[)"
        R"({"role":"user","content":[{"type":"text","text":"\u00e9\b\"","cache_control":{"type":"ephemeral"}},)"
        R"({"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBORw0KGgo="}}]},)"
        R"({"role":"assistant","content":[{"type":"thinking","thinking":"T","signature":"Eq=="},)"
        R"({"type":"tool_use","id":"t1","name":"f","input":{"a":1.50}}]},)"
        R"({"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":"R"}]}],)"
        R"("tools":[{"name":"f","description":"D","input_schema":{"type":"object"}}]})");
    row("Responses", &readResponses,
        R"({"model":"m","instructions":"S","input":[{"role":"user","content":[{"type":"input_text","text":"é\n"},)"
        R"({"type":"input_image","image_url":"data:image/png;base64,iVBORw0KGgo="}]},)"
        R"({"type":"function_call","call_id":"c1","name":"f","arguments":"{\"a\":1.50}"},)"
        R"({"type":"function_call_output","call_id":"c1","output":"R"}],"top_p":0.5,)"
        R"("tools":[{"type":"function","name":"f","parameters":{"type":"object"}},{"type":"custom","name":"g"}]})");
    row("Responses with a plain text", &readResponses, R"({"model":"m","input":"Hi \u00e9"})");
    row("Ollama", &readOllama,
        R"({"model":"m","messages":[{"role":"user","content":"U","images":["iVBORw0KGgoAAA"]},)"
        R"({"role":"assistant","content":"","tool_calls":[{"function":{"name":"f","arguments":{"a":1.50}}}]},)"
        R"({"role":"tool","tool_name":"f","content":"R"}],"options":{"seed":-7,"temperature":1.0,"num_ctx":8},)"
        R"("tools":[{"type":"function","function":{"name":"f"}}]})");
}

constexpr std::pair<const char *, Protocol> kProviders[] = {{"openai", Protocol::OpenAi},
                                                            {"anthropic", Protocol::Anthropic},
                                                            {"gemini", Protocol::Gemini},
                                                            {"ollama", Protocol::Ollama}};

const ProviderRegistry &everyProvider()
{
    static const ProviderRegistry registry = [] {
        std::vector<ProviderConfig> configs;
        for (const auto &[id, protocol] : kProviders) {
            ProviderConfig config;
            config.id = id;
            config.protocol = protocol;
            config.baseUrl = "http://127.0.0.1:1/v1";
            configs.push_back(std::move(config));
        }
        return ProviderRegistry(configs);
    }();
    return registry;
}

/// What each provider would be sent.
QByteArrayList sent(const ChatRequest &request)
{
    QByteArrayList bodies;
    for (const auto &[id, protocol] : kProviders) {
        for (const bool isResponses : {false, true}) {
            const std::shared_ptr<const Provider> provider = everyProvider().find(id, isResponses);
            const PreparedCall call = provider->chatCall(request, "model-1");
            bodies.append(call ? (*call)->request.body : call.error().message);
        }
    }
    return bodies;
}

/// The same request with a document that was parsed from its text.
ChatRequest readFromText(ChatRequest request)
{
    request.writeBody();
    Result<ChatRequest> again = openai_chat::readRequest(request.body, kMaxDepth);
    if (!again)
        qFatal("%s", again.error().message.constData());
    again->native = std::move(request.native);
    again->foreignMembers = std::move(request.foreignMembers);
    return *std::move(again);
}

} // namespace

void WrittenRequestsTest::isWrittenOnlyIfAskedFor_data()
{
    addProtocols();
}

void WrittenRequestsTest::isWrittenOnlyIfAskedFor()
{
    QFETCH(const Read, read);
    QFETCH(const QByteArray, body);
    const Call call = callOf(read, body);
    QVERIFY(normalise(call->request));
    QVERIFY(call->request.conversation);
    QVERIFY(!sent(call->request).contains(QByteArray()));
    QVERIFY(textBytes(call->request) > 0);
    QVERIFY(call->request.body.isEmpty());
}

void WrittenRequestsTest::isWrittenOnce()
{
    const Call call = callOf(&readOllama, R"({"model":"m","stream":false,"messages":[{"role":"user","content":"a"}]})");
    ChatRequest &request = call->request;
    request.writeBody();
    const QByteArray text = request.body;
    QCOMPARE(text, R"({"model":"m","messages":[{"role":"user","content":"a"}],"stream":false})");
    QCOMPARE(request.object.of(request.body), QByteArrayView(text));
    QCOMPARE(request.members.size(), 3u);
    QCOMPARE(json::find(request.members, "messages")->value.of(request.body),
             QByteArrayView(R"([{"role":"user","content":"a"}])"));
    request.writeBody();
    QCOMPARE(request.body.constData(), text.constData());
    QCOMPARE(request.members.size(), 3u);
}

void WrittenRequestsTest::leavesTheClientsOwnTextAlone()
{
    const QByteArray body = R"({ "messages" : [], "model":"m" })";
    Result<ChatRequest> request = openai_chat::readRequest(body, kMaxDepth);
    QVERIFY(request);
    request->writeBody();
    QCOMPARE(request->body.constData(), body.constData());
    QCOMPARE(request->members.size(), 2u);
}

void WrittenRequestsTest::saysTheSameAsItsText_data()
{
    addProtocols();
    const std::pair<const char *, Read> corpora[] = {
        {"messages_request", &readMessages}, {"responses_request", &readResponses}, {"ollama_request", &readOllama}};
    for (const auto &[folder, read] : corpora) {
        QDirIterator files(QStringLiteral(LUNARGATE_SOURCE_DIR "/tests/fuzz/corpus/") + QLatin1StringView(folder),
                           QDir::Files);
        while (files.hasNext()) {
            QFile file(files.next());
            QVERIFY(file.open(QFile::ReadOnly));
            QTest::newRow(qPrintable(file.fileName())) << read << file.readAll();
        }
    }
}

void WrittenRequestsTest::saysTheSameAsItsText()
{
    QFETCH(const Read, read);
    QFETCH(const QByteArray, body);
    Result<Call> one = read(body);
    Result<Call> other = read(body);
    if (!one || (*one)->request.untranslatable)
        return; // it has no chat form
    ChatRequest &written = (*one)->request;
    ChatRequest parsed = readFromText(std::move((*other)->request));
    QCOMPARE(json::toText(written.document.root()), parsed.body);
    QVERIFY(yyjson_equals(written.document.root().raw(), parsed.document.root().raw()));
    QCOMPARE(written.model, parsed.model);
    QCOMPARE(written.stream, parsed.stream);
    QCOMPARE(written.includeUsage, parsed.includeUsage);
    QCOMPARE(normalise(written).has_value(), normalise(parsed).has_value());
    QCOMPARE(written.conversation.has_value(), parsed.conversation.has_value());
    if (!written.conversation)
        return;
    QCOMPARE(textBytes(written), textBytes(parsed));
    QCOMPARE(sent(written), sent(parsed));
}

// As in a coroutine's frame: everything but the call itself is gone, and the call was moved.
void WrittenRequestsTest::outlivesWhatItWasMadeOf()
{
    auto body = std::make_unique<QByteArray>(
        R"({"model":"m","previous_response_id":"resp_1","input":[{"role":"user","content":"own words"}]})");
    auto earlier = std::make_unique<responses::EarlierTurns>();
    earlier->previous = responses::PreviousResponse{
        .inputItems = R"([{"type":"message","id":"msg_1","role":"user","content":"earlier words"}])",
        .outputItems = R"([{"type":"function_call","id":"fc_1","call_id":"c1","name":"f","arguments":"{}"}])",
        .providerId = "p"};
    Result<responses::ResponsesBody> read = responses::readBody(*body, kMaxDepth);
    QVERIFY(read);
    Result<Call> call = responses::readCall(*std::move(read), *earlier, {});
    QVERIFY(call);
    body.reset();
    earlier.reset();
    auto moved = std::make_unique<ChatRequest>(std::move((*call)->request));
    call->reset();
    ChatRequest request = std::move(*moved);
    moved.reset();
    QVERIFY(normalise(request));
    QVERIFY(request.conversation);
    QCOMPARE(request.conversation->messages.size(), 3u);
    QCOMPARE(request.conversation->messages[0].content[0].text, "earlier words");
    QCOMPARE(request.conversation->messages[2].content[0].text, "own words");
    request.writeBody();
    QVERIFY(request.body.contains("earlier words") && request.body.contains("own words"));
}

void WrittenRequestsTest::isWrittenWhereOldSpellingChanges()
{
    const Call call = callOf(&readResponses, R"({"model":"m","store":false,"input":[{"role":"user","content":"a"},)"
                                             R"({"type":"function_call","name":"f","arguments":"{}"}]})");
    ChatRequest &request = call->request;
    QVERIFY(normalise(request));
    QVERIFY(request.conversation);
    const ChatMessage &turn = request.conversation->messages.at(1);
    QVERIFY(!turn.toolCalls.at(0).id.isEmpty());
    QVERIFY2(request.body.contains("\"id\":\"" + turn.toolCalls.at(0).id + '"'), request.body.constData());
    QCOMPARE(request.protocol(), ChatProtocol::OpenAiResponses);
}

void WrittenRequestsTest::givesEverythingBackWhenReleased()
{
    const Call call = callOf(&readMessages, R"({"model":"m","messages":[{"role":"user","content":"a"}]})");
    QVERIFY(normalise(call->request));
    call->request.writeBody();
    call->request.release();
    QVERIFY(!call->request.native);
    QVERIFY(!call->request.document.root().exists());
    QVERIFY(call->request.body.isEmpty() && call->request.members.empty() && call->request.borrowed.empty());
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::WrittenRequestsTest)
#include "tst_written_requests.moc"
