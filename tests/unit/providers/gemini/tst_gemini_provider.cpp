// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/openai_embeddings/request_reader.h"
#include "gateway/providers/provider_registry.h"
#include "tests/unit/providers/gemini/gemini_testing.h"

#include <QTest>

namespace lunargate {

class GeminiProviderTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void isRegistered();
    void asksTheModelsAddress_data();
    void asksTheModelsAddress();
    void keepsTheKeyOutOfAddresses();
    void sendsNoEmptyKey();
    void needsAModel();
    void givesToolsTheirNamesBack();
    void asksForModels_data();
    void asksForModels();
    void readsModels();
    void refusesOddModelLists_data();
    void refusesOddModelLists();
    void asksForEmbeddings_data();
    void asksForEmbeddings();
    void asksTunedModelsForEmbeddings();
    void passesOnGooglesOwnMembers_data();
    void passesOnGooglesOwnMembers();
    void tellsWhatEmbeddingsLeaveOut();
    void limitsTheTextsOfARequest();
    void readsEmbeddings_data();
    void readsEmbeddings();
    void refusesOddEmbeddings_data();
    void refusesOddEmbeddings();
};

namespace {

const GeminiProvider kProvider(test::geminiConfig());

EmbeddingsRequest embeddings(std::vector<QByteArrayView> texts)
{
    EmbeddingsRequest request;
    request.model = "google/text-embedding";
    request.texts = std::move(texts);
    return request;
}

EmbeddingsRequest embeddingsOf(const QByteArray &body)
{
    Result<EmbeddingsRequest> request = openai_embeddings::readRequest(body, 512);
    if (!request)
        qFatal("%s", request.error().message.constData());
    return *std::move(request);
}

} // namespace

void GeminiProviderTest::isRegistered()
{
    const ProviderRegistry registry({test::geminiConfig()});
    QVERIFY(dynamic_cast<const GeminiProvider *>(registry.find("google").get()));
}

void GeminiProviderTest::asksTheModelsAddress_data()
{
    QTest::addColumn<QByteArray>("model");
    QTest::addColumn<bool>("isStream");
    QTest::addColumn<QByteArray>("expected");
    QTest::newRow("whole") << QByteArray("gemini-2.5-pro") << false
                           << QByteArray("https://gemini.test/v1beta/models/gemini-2.5-pro:generateContent");
    QTest::newRow("stream") << QByteArray("models/gemini-2.5-pro") << true
                            << QByteArray(
                                   "https://gemini.test/v1beta/models/gemini-2.5-pro:streamGenerateContent?alt=sse");
    QTest::newRow("tuned") << QByteArray("tunedModels/a-1") << false
                           << QByteArray("https://gemini.test/v1beta/tunedModels/a-1:generateContent");
    QTest::newRow("odd") << QByteArray("a/b?c#d e") << false
                         << QByteArray("https://gemini.test/v1beta/models/a%2Fb%3Fc%23d%20e:generateContent");
}

void GeminiProviderTest::asksTheModelsAddress()
{
    QFETCH(const QByteArray, model);
    QFETCH(const bool, isStream);
    QFETCH(const QByteArray, expected);
    const PreparedCall call = test::callFor(kProvider,
                                            QByteArray(R"({"messages":[{"role":"user","content":"x"}],"stream":)") +
                                                (isStream ? "true}" : "false}"),
                                            model);
    QVERIFY(call);
    const UpstreamRequest &request = (*call)->request;
    QCOMPARE(request.url.toEncoded(), expected);
    QCOMPARE(request.method, "POST");
    QCOMPARE(request.isStream, isStream);
    QCOMPARE(request.headers.value("Accept"), isStream ? "text/event-stream" : "application/json");
    QCOMPARE(request.headers.value("Content-Type"), "application/json");
}

void GeminiProviderTest::keepsTheKeyOutOfAddresses()
{
    const PreparedCall call = test::callFor(kProvider, R"({"messages":[{"role":"user","content":"x"}]})");
    QVERIFY(call);
    const UpstreamRequest models = kProvider.modelsRequest({}).value();
    const PreparedCall embedding = kProvider.embeddingsCall(embeddings({"a"}), "m");
    QVERIFY(embedding);
    for (const UpstreamRequest *request :
         std::initializer_list<const UpstreamRequest *>{&(*call)->request, &models, &(*embedding)->request}) {
        QCOMPARE(request->headers.value("x-goog-api-key"), "AIza-canary-0123456789");
        QVERIFY(!request->url.toEncoded().contains("AIza"));
        QVERIFY(!request->body.contains("AIza"));
    }
}

void GeminiProviderTest::sendsNoEmptyKey()
{
    ProviderConfig config = test::geminiConfig();
    config.apiKey = {};
    config.connectTimeout = std::chrono::milliseconds(1234);
    const GeminiProvider provider(config);
    const PreparedCall call = test::callFor(provider, R"({"messages":[{"role":"user","content":"x"}]})");
    QVERIFY(call);
    QVERIFY(!(*call)->request.headers.contains("x-goog-api-key"));
    QCOMPARE((*call)->request.connectTimeout.count(), 1234);
}

void GeminiProviderTest::needsAModel()
{
    const QByteArray body = R"({"messages":[{"role":"user","content":"x"}]})";
    QCOMPARE(test::sentBody(kProvider, body, ""), "model_required model");
    ProviderConfig config = test::geminiConfig();
    config.defaultModel = "gemini-2.5-flash";
    const GeminiProvider provider(config);
    const PreparedCall call = test::callFor(provider, body, "");
    QVERIFY(call);
    QVERIFY((*call)->request.url.path().endsWith(u"models/gemini-2.5-flash:generateContent"));
}

void GeminiProviderTest::givesToolsTheirNamesBack()
{
    const PreparedCall call = test::callFor(
        kProvider,
        R"({"messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"a/b"}}]})");
    QVERIFY(call);
    const QByteArray answer =
        R"({"candidates":[{"content":{"parts":[{"functionCall":{"id":"c","name":"a_b"}}]},"finishReason":"STOP"}]})";
    const auto whole = (*call)->readAnswer(answer);
    QVERIFY(whole);
    QCOMPARE(whole->completion->toolCalls.at(0).name, "a/b");
    const QByteArray stream = test::eventStream({answer});
    QVERIFY(test::clientFrames(**call, stream).contains(R"("name":"a/b")"));
}

void GeminiProviderTest::asksForModels_data()
{
    QTest::addColumn<QByteArray>("page");
    QTest::addColumn<QByteArray>("expected");
    QTest::newRow("first") << QByteArray() << QByteArray("https://gemini.test/v1beta/models?pageSize=1000");
    QTest::newRow("next") << QByteArray("a&b=")
                          << QByteArray("https://gemini.test/v1beta/models?pageSize=1000&pageToken=a%26b%3D");
}

void GeminiProviderTest::asksForModels()
{
    QFETCH(const QByteArray, page);
    QFETCH(const QByteArray, expected);
    const std::optional<UpstreamRequest> request = kProvider.modelsRequest(page);
    QVERIFY(request);
    QCOMPARE(request->method, "GET");
    QCOMPARE(request->url.toEncoded(), expected);
    QVERIFY(request->body.isEmpty());
}

void GeminiProviderTest::readsModels()
{
    const Result<ModelPage> page = kProvider.readModels(
        R"({"models":[{"name":"models/gemini-2.5-pro","inputTokenLimit":1048576,"supportedGenerationMethods":["generateContent","countTokens"]},)"
        R"({"name":"models/text-embedding","supportedGenerationMethods":["embedContent"],"inputTokenLimit":"x"},)"
        R"({"name":"models/aqa","supportedGenerationMethods":["generateAnswer"]},)"
        R"({"name":"models/none"},{"supportedGenerationMethods":["generateContent"]},7],"nextPageToken":"t"})");
    QVERIFY(page);
    QCOMPARE(page->models.size(), 2);
    QCOMPARE(page->models[0].id, "gemini-2.5-pro");
    QCOMPARE(page->models[0].contextLength, 1048576);
    QCOMPARE(page->models[1].id, "text-embedding");
    QVERIFY(!page->models[1].contextLength);
    QCOMPARE(page->nextPage, "t");
    const Result<ModelPage> last = kProvider.readModels("{}");
    QVERIFY(last);
    QVERIFY(last->models.empty());
    QVERIFY(last->nextPage.isEmpty());
    const Result<ModelPage> filtered = kProvider.readModels(R"({"nextPageToken":"t"})");
    QVERIFY(filtered);
    QVERIFY(filtered->models.empty());
    QCOMPARE(filtered->nextPage, "t");
}

void GeminiProviderTest::refusesOddModelLists_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::newRow("no JSON") << QByteArray("<html>");
    QTest::newRow("no object") << QByteArray("[]");
    QTest::newRow("no list") << QByteArray(R"({"models":7})");
    QTest::newRow("null for a list") << QByteArray(R"({"models":null})");
    QTest::newRow("something else") << QByteArray(R"({"status":"ok"})");
    QTest::newRow("an empty token") << QByteArray(R"({"nextPageToken":""})");
    QTest::newRow("an error") << QByteArray(R"({"error":{"code":503,"message":"overloaded"}})");
    QTest::newRow("an error beside a list") << QByteArray(R"({"models":[],"error":{"code":503}})");
}

void GeminiProviderTest::refusesOddModelLists()
{
    QFETCH(const QByteArray, body);
    const Result<ModelPage> page = kProvider.readModels(body);
    QVERIFY(!page);
    QCOMPARE(page.error().kind, ErrorKind::UpstreamProtocol);
}

void GeminiProviderTest::asksForEmbeddings_data()
{
    QTest::addColumn<QByteArray>("model");
    QTest::addColumn<int>("dimensions");
    QTest::addColumn<QByteArray>("expected");
    QTest::newRow("plain")
        << QByteArray("text-embedding") << 0
        << QByteArray(R"({"requests":[{"model":"models/text-embedding","content":{"parts":[{"text":"a"}]}},)"
                      R"({"model":"models/text-embedding","content":{"parts":[{"text":"b\n"}]}}]})");
    QTest::newRow("dimensions")
        << QByteArray("models/text-embedding") << 256
        << QByteArray(
               R"({"requests":[{"model":"models/text-embedding","content":{"parts":[{"text":"a"}]},"outputDimensionality":256},)"
               R"({"model":"models/text-embedding","content":{"parts":[{"text":"b\n"}]},"outputDimensionality":256}]})");
}

void GeminiProviderTest::asksForEmbeddings()
{
    QFETCH(const QByteArray, model);
    QFETCH(const int, dimensions);
    QFETCH(const QByteArray, expected);
    EmbeddingsRequest request = embeddings({"a", "b\n"});
    if (dimensions > 0)
        request.dimensions = dimensions;
    const PreparedCall call = kProvider.embeddingsCall(request, model);
    QVERIFY(call);
    QCOMPARE((*call)->request.body, expected);
    QCOMPARE((*call)->request.url.toEncoded(), "https://gemini.test/v1beta/models/text-embedding:batchEmbedContents");
    QVERIFY((*call)->droppedParams.empty());
}

void GeminiProviderTest::asksTunedModelsForEmbeddings()
{
    const PreparedCall call = kProvider.embeddingsCall(embeddings({"a"}), "tunedModels/x");
    QVERIFY(call);
    QCOMPARE((*call)->request.body, R"({"requests":[{"model":"tunedModels/x","content":{"parts":[{"text":"a"}]}}]})");
    QCOMPARE((*call)->request.url.toEncoded(), "https://gemini.test/v1beta/tunedModels/x:batchEmbedContents");
}

void GeminiProviderTest::passesOnGooglesOwnMembers_data()
{
    QTest::addColumn<QByteArray>("members");
    QTest::addColumn<QByteArray>("expected"); // in every request of the batch
    const QByteArray query = R"(,"taskType":"RETRIEVAL_QUERY")";
    QTest::newRow("in OpenAI's spelling") << QByteArray(R"(,"task_type":"RETRIEVAL_QUERY")") << query;
    QTest::newRow("in Google's spelling") << query << query;
    QTest::newRow("a title") << QByteArray(R"(,"title":"T \u00e9","task_type":"RETRIEVAL_DOCUMENT")")
                             << QByteArray(R"(,"taskType":"RETRIEVAL_DOCUMENT","title":"T é")");
    QTest::newRow("null") << QByteArray(R"(,"task_type":null,"title":null)") << QByteArray();
    QTest::newRow("a number") << QByteArray(R"(,"task_type":7)") << QByteArray("invalid_value task_type");
    QTest::newRow("a list") << QByteArray(R"(,"title":["T"])") << QByteArray("invalid_value title");
}

void GeminiProviderTest::passesOnGooglesOwnMembers()
{
    QFETCH(const QByteArray, members);
    QFETCH(const QByteArray, expected);
    const EmbeddingsRequest request = embeddingsOf(R"({"model":"m","input":["a","b"])" + members + '}');
    const PreparedCall call = kProvider.embeddingsCall(request, "m");
    if (!call) {
        QCOMPARE(call.error().reason + ' ' + call.error().param, expected);
        return;
    }
    QCOMPARE((*call)->request.body, R"({"requests":[{"model":"models/m","content":{"parts":[{"text":"a"}]})" +
                                        expected + R"(},{"model":"models/m","content":{"parts":[{"text":"b"}]})" +
                                        expected + "}]}");
    QVERIFY((*call)->droppedParams.empty());
}

void GeminiProviderTest::tellsWhatEmbeddingsLeaveOut()
{
    const EmbeddingsRequest request =
        embeddingsOf(R"({"model":"m","input":"a","encoding_format":"float","dimensions":8,"user":"u","truncate":true,)"
                     R"("metadata":null,"taskType":"CLUSTERING"})");
    const PreparedCall call = kProvider.embeddingsCall(request, "m");
    QVERIFY(call);
    QCOMPARE((*call)->droppedParams, (std::vector<QByteArray>{"user", "truncate"}));
}

void GeminiProviderTest::limitsTheTextsOfARequest()
{
    QVERIFY(kProvider.embeddingsCall(embeddings(std::vector<QByteArrayView>(100, "a")), "m"));
    const PreparedCall refused = kProvider.embeddingsCall(embeddings(std::vector<QByteArrayView>(101, "a")), "m");
    QVERIFY(!refused);
    QCOMPARE(refused.error().kind, ErrorKind::InvalidRequest);
    QCOMPARE(refused.error().param, "input");
    QCOMPARE(refused.error().message, "'input' has 101 texts, but provider 'google' takes at most 100 in a request");
}

void GeminiProviderTest::readsEmbeddings_data()
{
    QTest::addColumn<bool>("isBase64");
    QTest::addColumn<QByteArray>("usage");
    QTest::addColumn<QByteArray>("expected");
    QTest::newRow("numbers")
        << false << QByteArray()
        << QByteArray(R"({"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.5,-1]},)"
                      R"({"object":"embedding","index":1,"embedding":[0.25,2]}],"model":"google/text-embedding"})");
    QTest::newRow("base64, with usage")
        << true << QByteArray(R"(,"usageMetadata":{"promptTokenCount":7})")
        << QByteArray(R"({"object":"list","data":[{"object":"embedding","index":0,"embedding":"AAAAPwAAgL8="},)"
                      R"({"object":"embedding","index":1,"embedding":"AACAPgAAAEA="}],"model":"google/text-embedding",)"
                      R"("usage":{"prompt_tokens":7,"total_tokens":7}})");
}

void GeminiProviderTest::readsEmbeddings()
{
    QFETCH(const bool, isBase64);
    QFETCH(const QByteArray, usage);
    QFETCH(const QByteArray, expected);
    EmbeddingsRequest request = embeddings({"a", "b"});
    request.isBase64 = isBase64;
    const PreparedCall call = kProvider.embeddingsCall(request, "m");
    QVERIFY(call);
    const auto answer = (*call)->readAnswer(R"({"embeddings":[{"values":[0.5,-1]},{"values":[0.25,2]}])" + usage + '}');
    QVERIFY(answer);
    QCOMPARE(answer->body, expected);
    QCOMPARE(answer->usage.has_value(), !usage.isEmpty());
    if (answer->usage)
        QCOMPARE(answer->usage->promptTokens(), 7);
}

void GeminiProviderTest::refusesOddEmbeddings_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::newRow("no JSON") << QByteArray("<html>");
    QTest::newRow("too few") << QByteArray(R"({"embeddings":[]})");
    QTest::newRow("too many") << QByteArray(R"({"embeddings":[{"values":[1]},{"values":[1]}]})");
    QTest::newRow("empty") << QByteArray(R"({"embeddings":[{"values":[]}]})");
    QTest::newRow("no numbers") << QByteArray(R"({"embeddings":[{"values":[1,"x"]}]})");
    QTest::newRow("no list") << QByteArray(R"({"embeddings":[{"values":{"a":1}}]})");
    QTest::newRow("too large for a float") << QByteArray(R"({"embeddings":[{"values":[1,1e300]}]})");
    QTest::newRow("null") << QByteArray(R"({"embeddings":[{"values":[1,null]}]})");
}

void GeminiProviderTest::refusesOddEmbeddings()
{
    QFETCH(const QByteArray, body);
    const PreparedCall call = kProvider.embeddingsCall(embeddings({"a"}), "m");
    QVERIFY(call);
    const auto answer = (*call)->readAnswer(body);
    QVERIFY(!answer);
    QCOMPARE(answer.error().error.kind, ErrorKind::UpstreamProtocol);
    EmbeddingsRequest tokens;
    tokens.isTokens = true;
    const PreparedCall refused = kProvider.embeddingsCall(tokens, "m");
    QVERIFY(!refused);
    QCOMPARE(refused.error().reason, "unsupported_parameter");
    QCOMPARE(refused.error().param, "input");
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::GeminiProviderTest)
#include "tst_gemini_provider.moc"
