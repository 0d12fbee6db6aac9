// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/openai_embeddings/request_reader.h"
#include "gateway/providers/openai/openai_provider.h"

#include <QTest>

namespace lunargate {

/// Embeddings through a provider that speaks the client's dialect: what is sent, and what becomes of the answer.
class OpenAiEmbeddingsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void sendsTheClientsBytesWithTheModelOfTheTarget_data();
    void sendsTheClientsBytesWithTheModelOfTheTarget();
    void leavesOutWhatIsRefused();
    void asksTheConfiguredService();
    void passesAnswersThatAreAsWanted_data();
    void passesAnswersThatAreAsWanted();
    void convertsVectorsAndNothingElse_data();
    void convertsVectorsAndNothingElse();
    void readsUsage_data();
    void readsUsage();
    void refusesAnswersThatMakeNoSense_data();
    void refusesAnswersThatMakeNoSense();
    void tellsErrorsWithSuccessStatus();
};

namespace {

const QByteArray kPlain = R"({"model":"m","input":"a"})";
const QByteArray kBase64 = R"({"model":"m","input":"a","encoding_format":"base64"})";

ProviderConfig service()
{
    ProviderConfig config;
    config.id = "p";
    config.baseUrl = "http://127.0.0.1:9/v1";
    config.apiKey = SecretString("sk-secret-1");
    config.connectTimeout = std::chrono::milliseconds(1234);
    return config;
}

EmbeddingsRequest requested(const QByteArray &body)
{
    Result<EmbeddingsRequest> request = openai_embeddings::readRequest(body, 512);
    if (!request)
        qFatal("%s", request.error().message.constData());
    return *std::move(request);
}

std::unique_ptr<ProviderCall> callFor(const Provider &provider, const QByteArray &body, const QByteArray &model = "m")
{
    PreparedCall call = provider.embeddingsCall(requested(body), model);
    if (!call)
        qFatal("%s", call.error().message.constData());
    return *std::move(call);
}

std::expected<ModelAnswer, UpstreamFailure> answerTo(const QByteArray &request, const QByteArray &body)
{
    const OpenAiProvider provider(service());
    return callFor(provider, request)->readAnswer(body);
}

} // namespace

void OpenAiEmbeddingsTest::sendsTheClientsBytesWithTheModelOfTheTarget_data()
{
    QTest::addColumn<QByteArray>("model");
    QTest::addColumn<QByteArray>("sent");
    QTest::newRow("the same") << QByteArray("p/m") << QByteArray(R"( {"input":[1, 2] , "model" : "p/m","new":1.0})");
    QTest::newRow("another") << QByteArray("m2") << QByteArray(R"( {"input":[1, 2] , "model" : "m2","new":1.0})");
    QTest::newRow("the provider's choice")
        << QByteArray() << QByteArray(R"( {"input":[1, 2] , "model" : "p/m","new":1.0})");
}

void OpenAiEmbeddingsTest::sendsTheClientsBytesWithTheModelOfTheTarget()
{
    QFETCH(const QByteArray, model);
    QFETCH(const QByteArray, sent);
    const QByteArray body = R"( {"input":[1, 2] , "model" : "p/m","new":1.0})";
    const OpenAiProvider provider(service());
    QCOMPARE(callFor(provider, body, model)->request.body, sent);
}

void OpenAiEmbeddingsTest::leavesOutWhatIsRefused()
{
    ProviderConfig config = service();
    config.quirks.refused = {"user", "store", "n"};
    const OpenAiProvider provider(config);
    const auto call = callFor(provider, R"({"model":"m","user":"u","input":"a","n":1})", "m2");
    QCOMPARE(call->request.body, R"({"model":"m2","input":"a"})");
    QCOMPARE(call->droppedParams, std::vector<QByteArray>{"user"});
    const PreparedCall refused = provider.embeddingsCall(requested(R"({"model":"m","input":"a","n":2})"), "m");
    QVERIFY(!refused);
    QCOMPARE(refused.error().reason, "unsupported_parameter");
    QCOMPARE(refused.error().param, "n");
}

void OpenAiEmbeddingsTest::asksTheConfiguredService()
{
    const OpenAiProvider provider(service());
    const UpstreamRequest request = callFor(provider, kPlain)->request;
    QCOMPARE(request.method, "POST");
    QCOMPARE(request.url.toEncoded(), "http://127.0.0.1:9/v1/embeddings");
    QCOMPARE(request.headers.value("Authorization"), "Bearer sk-secret-1");
    QCOMPARE(request.headers.value("Content-Type"), "application/json");
    QCOMPARE(request.headers.value("Accept"), "application/json");
    QCOMPARE(request.connectTimeout.count(), 1234);
    QVERIFY(!request.isStream);
}

void OpenAiEmbeddingsTest::passesAnswersThatAreAsWanted_data()
{
    QTest::addColumn<QByteArray>("request");
    QTest::addColumn<QByteArray>("answer");
    const QByteArray numbers = R"({ "data":[ {"embedding":[0.10, 1e0,-0],"index":0,"x":1.0} ],"model":"m" } )";
    const QByteArray text = R"({"data":[{"embedding":"AACAPw==","index":0}, {"embedding":"odd, but not ours"}]})";
    QTest::newRow("numbers") << kPlain << numbers;
    QTest::newRow("base64") << kBase64 << text;
    QTest::newRow("no vectors") << kBase64 << QByteArray(R"({"data":[]})");
    QTest::newRow("no embedding") << kBase64 << QByteArray(R"({"data":[{"index":0},7,null]})");
    QTest::newRow("an object") << kBase64 << QByteArray(R"({"data":[{"embedding":{"sparse":[1]}}]})");
    QTest::newRow("no vectors and an empty error") << kPlain << QByteArray(R"({"data":[],"error":null})");
}

void OpenAiEmbeddingsTest::passesAnswersThatAreAsWanted()
{
    QFETCH(const QByteArray, request);
    QFETCH(const QByteArray, answer);
    const auto read = answerTo(request, answer);
    QVERIFY(read);
    QCOMPARE(read->body, answer);
    QVERIFY(!read->completion);
}

void OpenAiEmbeddingsTest::convertsVectorsAndNothingElse_data()
{
    QTest::addColumn<QByteArray>("request");
    QTest::addColumn<QByteArray>("answer");
    QTest::addColumn<QByteArray>("expected");
    QTest::newRow("numbers to base64")
        << kBase64 << QByteArray(R"({ "data":[{"embedding" : [1.0, -2.5],"x":1.0}, {"embedding":[0.1]}],"z":1e0 })")
        << QByteArray(R"({ "data":[{"embedding" : "AACAPwAAIMA=","x":1.0}, {"embedding":"zczMPQ=="}],"z":1e0 })");
    QTest::newRow("base64 to numbers") << kPlain
                                       << QByteArray(
                                              R"({"model":"m" ,"data":[{"x":"\u0041","embedding":"AACAPwAAIMA="}]})")
                                       << QByteArray(R"({"model":"m" ,"data":[{"x":"\u0041","embedding":[1,-2.5]}]})");
    QTest::newRow("only some") << kBase64 << QByteArray(R"({"data":[{"embedding":"AA"},{"embedding":[]},{"index":2}]})")
                               << QByteArray(R"({"data":[{"embedding":"AA"},{"embedding":""},{"index":2}]})");
    QTest::newRow("infinity") << kPlain << QByteArray(R"({"data":[{"embedding":"AACAfwAAgP8="}]})")
                              << QByteArray(R"({"data":[{"embedding":[null,null]}]})");
    QTest::newRow("too large for a float") << kBase64 << QByteArray(R"({"data":[{"embedding":[1e300]}]})")
                                           << QByteArray(R"({"data":[{"embedding":"AACAfw=="}]})");
    QTest::newRow("members that are there twice")
        << kBase64 << QByteArray(R"({"data":[{"embedding":[1]}],"data":[{"embedding":"x","embedding":[1]}]})")
        << QByteArray(R"({"data":[{"embedding":[1]}],"data":[{"embedding":"x","embedding":"AACAPw=="}]})");
}

void OpenAiEmbeddingsTest::convertsVectorsAndNothingElse()
{
    QFETCH(const QByteArray, request);
    QFETCH(const QByteArray, answer);
    QFETCH(const QByteArray, expected);
    const auto read = answerTo(request, answer);
    QVERIFY(read);
    QCOMPARE(read->body, expected);
}

void OpenAiEmbeddingsTest::readsUsage_data()
{
    QTest::addColumn<QByteArray>("usage");
    QTest::addColumn<qint64>("input"); // -1: none
    QTest::newRow("both") << QByteArray(R"({"prompt_tokens":8,"total_tokens":9})") << qint64{8};
    QTest::newRow("total only") << QByteArray(R"({"total_tokens":9})") << qint64{9};
    QTest::newRow("nothing used") << QByteArray(R"({"prompt_tokens":0,"total_tokens":9})") << qint64{0};
    QTest::newRow("none") << QByteArray("{}") << qint64{-1};
    QTest::newRow("null") << QByteArray("null") << qint64{-1};
    QTest::newRow("nonsense") << QByteArray(R"({"prompt_tokens":-1,"total_tokens":"9"})") << qint64{-1};
}

void OpenAiEmbeddingsTest::readsUsage()
{
    QFETCH(const QByteArray, usage);
    QFETCH(const qint64, input);
    const auto read = answerTo(kPlain, R"({"data":[],"usage":)" + usage + '}');
    QVERIFY(read);
    QCOMPARE(read->usage.has_value(), input >= 0);
    if (read->usage)
        QCOMPARE(*read->usage, Usage{.input = input});
}

void OpenAiEmbeddingsTest::refusesAnswersThatMakeNoSense_data()
{
    QTest::addColumn<QByteArray>("request");
    QTest::addColumn<QByteArray>("answer");
    QTest::newRow("empty") << kPlain << QByteArray();
    QTest::newRow("no JSON") << kPlain << QByteArray("<html>");
    QTest::newRow("list") << kPlain << QByteArray("[]");
    QTest::newRow("no list of embeddings") << kPlain << QByteArray(R"({"data":{}})");
    QTest::newRow("text among the numbers") << kBase64 << QByteArray(R"({"data":[{"embedding":[1,"2"]}]})");
    QTest::newRow("no base64") << kPlain << QByteArray(R"({"data":[{"embedding":"?"}]})");
    QTest::newRow("half a float") << kPlain << QByteArray(R"({"data":[{"embedding":"AACAPwA="}]})");
}

void OpenAiEmbeddingsTest::refusesAnswersThatMakeNoSense()
{
    QFETCH(const QByteArray, request);
    QFETCH(const QByteArray, answer);
    const auto read = answerTo(request, answer);
    QVERIFY(!read);
    QCOMPARE(read.error().error.kind, ErrorKind::UpstreamProtocol);
    QCOMPARE(read.error().error.reason, "upstream_invalid_answer");
    QVERIFY(read.error().fromProvider);
}

void OpenAiEmbeddingsTest::tellsErrorsWithSuccessStatus()
{
    const auto read = answerTo(kPlain, R"({"error":{"message":"no sk-secret-1 here","code":429}})");
    QVERIFY(!read);
    QCOMPARE(read.error().error.upstreamStatus, 429);
    QCOMPARE(read.error().error.message, "no *** here");
}

} // namespace lunargate

QTEST_APPLESS_MAIN(lunargate::OpenAiEmbeddingsTest)
#include "tst_embeddings.moc"
