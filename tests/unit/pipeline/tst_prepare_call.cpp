// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/anthropic_messages/anthropic_messages_dialect.h"
#include "gateway/dialects/ollama/call_reader.h"
#include "gateway/dialects/openai_responses/on_chat_path.h"
#include "gateway/dialects/openai_responses/responses_call.h"
#include "gateway/pipeline/normalise.h"
#include "gateway/pipeline/prepare_call.h"
#include "gateway/providers/anthropic/anthropic_provider.h"
#include "gateway/providers/gemini/gemini_provider.h"
#include "gateway/providers/openai/openai_provider.h"

#include <QTest>

namespace lunargate {

class PrepareCallTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void refusalsNameTheClientsFields_data();
    void refusalsNameTheClientsFields();
    void tellsWhatTheReaderLeftOut();
    void namesWhatTheWriterLeftOutAsTheClientDoes();
};

namespace {

constexpr int kDepth = 64;

std::unique_ptr<ClientCall> read(ChatProtocol protocol, const QByteArray &body)
{
    Result<std::unique_ptr<ClientCall>> call;
    switch (protocol) {
    case ChatProtocol::OpenAiChat:
        call = responses::readChatPath(body, kDepth);
        break;
    case ChatProtocol::OpenAiResponses:
        call = responses::readBody(body, kDepth).and_then([](responses::ResponsesBody read) {
            return responses::readCall(std::move(read), {}, {});
        });
        break;
    case ChatProtocol::AnthropicMessages:
        call = anthropic_messages::readCall(body, kDepth, {});
        break;
    case ChatProtocol::Ollama:
        call = ollama_api::readChatCall(body, kDepth, [](QByteArrayView name) {
                   return name.toByteArray();
               }).transform([](ollama_api::ReadCall read) { return std::move(read.call); });
        break;
    }
    if (!call)
        qFatal("%s", call.error().message.constData());
    if (const Result<void> normalised = normalise((*call)->request); !normalised)
        qFatal("%s", normalised.error().message.constData());
    return *std::move(call);
}

std::unique_ptr<Provider> provider(const QByteArray &type)
{
    ProviderConfig config;
    config.id = "p";
    config.type = type;
    config.baseUrl = "http://x.test";
    if (type == "anthropic")
        return std::make_unique<AnthropicProvider>(config);
    if (type == "gemini")
        return std::make_unique<GeminiProvider>(config);
    return std::make_unique<OpenAiProvider>(config);
}

QByteArray messages(const QByteArray &more, const QByteArray &content = R"("a")")
{
    return R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":)" + content + "}]" + more + '}';
}

} // namespace

void PrepareCallTest::refusalsNameTheClientsFields_data()
{
    QTest::addColumn<ChatProtocol>("protocol");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("type");
    QTest::addColumn<QByteArray>("param");
    QTest::addColumn<QByteArray>("said");
    const auto row = [](const char *name, ChatProtocol protocol, const QByteArray &body, const char *type,
                        const char *param, const char *said) {
        QTest::newRow(name) << protocol << body << QByteArray(type) << QByteArray(param) << QByteArray(said);
    };
    constexpr auto kChat = ChatProtocol::OpenAiChat;
    constexpr auto kResponses = ChatProtocol::OpenAiResponses;
    constexpr auto kMessages = ChatProtocol::AnthropicMessages;
    constexpr auto kOllama = ChatProtocol::Ollama;
    row("messages: tool", kMessages,
        messages(R"(,"system":"s","tools":[{"name":"f"},{"type":"web_search_20250305","name":"w"}])"), "openai",
        "tools[1]", "cannot serve 'tools[1]': ");
    row("messages: result that answers nothing", kMessages,
        messages("", R"([{"type":"tool_result","tool_use_id":"t","content":"a"}])"), "gemini", "messages",
        "something in 'messages'");
    row("messages: stops", kMessages, messages(R"(,"stop_sequences":["1","2","3","4","5","6"])"), "gemini",
        "stop_sequences", "cannot serve 'stop_sequences': ");
    row("messages: effort", kMessages, messages(R"(,"output_config":{"effort":"odd"})"), "gemini",
        "output_config.effort", "'output_config.effort' must be ");
    row("messages: what only Anthropic has", kMessages,
        messages(R"(,"system":"s")", R"([{"type":"image","source":{"type":"file","file_id":"f"}}])"), "openai",
        "messages[0].content[0].source", "'messages[0].content[0].source' cannot be translated");
    row("responses: picture", kResponses,
        R"({"model":"m","instructions":"i","input":[{"role":"user","content":[{"type":"input_image",)"
        R"("image_url":"http://x.test/a.png"}]}]})",
        "anthropic", "input", "something in 'input' must be ");
    row("responses: format", kResponses,
        R"({"model":"claude-3-opus","input":"a","text":{"format":{"type":"json_schema","name":"n","schema":{}}}})",
        "anthropic", "text.format", "cannot serve 'text.format': ");
    row("ollama: picture", kOllama,
        R"({"model":"m","messages":[{"role":"user","content":"a","images":["data:image/bmp;base64,Qk0A"]}]})",
        "anthropic", "messages", "something in 'messages'");
    row("ollama: format", kOllama,
        R"({"model":"claude-3-opus","messages":[{"role":"user","content":"a"}],"format":{"type":"object"}})",
        "anthropic", "format", "cannot serve 'format': ");
    row("responses on the path of chat", kChat,
        R"({"model":"m","input":[{"role":"user","content":[{"type":"input_image","image_url":"http://x.test/a.png"}]}]})",
        "anthropic", "input", "something in 'input' must be ");
    row("chat", kChat, messages("", R"([{"type":"image_url","image_url":{"url":"http://x.test/a.png"}}])"), "anthropic",
        "messages[0].content[0].image_url.url", "'messages[0].content[0].image_url.url' must be ");
}

void PrepareCallTest::refusalsNameTheClientsFields()
{
    QFETCH(const ChatProtocol, protocol);
    QFETCH(const QByteArray, body);
    QFETCH(const QByteArray, type);
    QFETCH(const QByteArray, param);
    QFETCH(const QByteArray, said);
    const std::unique_ptr<ClientCall> client = read(protocol, body);
    const std::unique_ptr<Provider> asked = provider(type);
    const PreparedCall call = prepareCall(*asked, *client, client->request.model);
    QVERIFY(!call);
    QCOMPARE(call.error().param, param);
    QVERIFY2(call.error().message.contains(said), call.error().message.constData());
}

void PrepareCallTest::tellsWhatTheReaderLeftOut()
{
    const std::unique_ptr<ClientCall> client = read(ChatProtocol::AnthropicMessages, messages(R"(,"container":"c")"));
    const std::vector<QByteArray> left = {"container"};
    const std::unique_ptr<Provider> other = provider("openai");
    const PreparedCall translated = prepareCall(*other, *client, "m");
    QVERIFY(translated);
    QCOMPARE((*translated)->droppedParams, left);
    const std::unique_ptr<Provider> same = provider("anthropic");
    const PreparedCall native = prepareCall(*same, *client, "m");
    QVERIFY(native);
    QVERIFY((*native)->droppedParams.empty());
}

void PrepareCallTest::namesWhatTheWriterLeftOutAsTheClientDoes()
{
    const std::unique_ptr<ClientCall> client =
        read(ChatProtocol::OpenAiResponses, R"({"model":"m","input":"a","text":{"verbosity":"low"}})");
    const std::unique_ptr<Provider> other = provider("anthropic");
    const PreparedCall call = prepareCall(*other, *client, "m");
    QVERIFY(call);
    QCOMPARE((*call)->droppedParams, std::vector<QByteArray>{"text.verbosity"});
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::PrepareCallTest)
#include "tst_prepare_call.moc"
