// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/providers/ollama/ollama_testing.h"

#include <QTest>

namespace lunargate {

class EmbeddingsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void sendsTheTexts_data();
    void sendsTheTexts();
    void refusesTokens();
    void givesTheClientItsForm_data();
    void givesTheClientItsForm();
    void readsUsage();
    void outlivesTheRequest();
    void refusesWhatIsNoAnswer_data();
    void refusesWhatIsNoAnswer();
};

namespace {

// As the endpoint reads it.
EmbeddingsRequest embeddingsRequest(const QByteArray &body)
{
    EmbeddingsRequest request;
    request.body = body;
    std::optional<json::Document> document = json::Document::parse(body);
    if (!document)
        qFatal("no JSON: %s", body.constData());
    request.document = *std::move(document);
    const json::Value root = request.document.root();
    request.object = json::wholeValue(body);
    request.members = json::membersOf(body, request.object);
    request.model = root["model"].toByteArray();
    if (root["input"].isString())
        request.texts.push_back(root["input"].string());
    for (const json::Value input : root["input"].elements()) {
        if (input.isString())
            request.texts.push_back(input.string());
        else
            request.isTokens = true;
    }
    request.dimensions = root["dimensions"].integer();
    request.isBase64 = root["encoding_format"].string() == "base64";
    return request;
}

const OllamaProvider &provider()
{
    static const OllamaProvider provider(test::ollamaConfig());
    return provider;
}

PreparedCall callFor(const QByteArray &body)
{
    return provider().embeddingsCall(embeddingsRequest(body), "nomic");
}

} // namespace

void EmbeddingsTest::sendsTheTexts_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("expected");
    QTest::addColumn<QByteArray>("left");
    const auto row = [](const char *name, QByteArray body, QByteArray expected, QByteArray left = "") {
        QTest::newRow(name) << std::move(body) << std::move(expected) << std::move(left);
    };
    row("one", R"({"model":"local/nomic","input":"a \"b\""})", R"({"model":"nomic","input":["a \"b\""]})");
    row("several", R"({"input":["a","b",""],"encoding_format":"base64"})", R"({"model":"nomic","input":["a","b",""]})");
    row("dimensions", R"({"input":"a","dimensions":256})", R"({"model":"nomic","input":["a"],"dimensions":256})");
    row("Ollama's own", R"({"input":"a","truncate":false,"keep_alive":"5m","options":{"num_ctx":8192}})",
        R"({"model":"nomic","input":["a"],"truncate":false,"keep_alive":"5m","options":{"num_ctx":8192}})");
    row("others are left out", R"({"input":"a","user":"u","foo":1,"bar":null})", R"({"model":"nomic","input":["a"]})",
        "user foo");
}

void EmbeddingsTest::sendsTheTexts()
{
    QFETCH(const QByteArray, body);
    QFETCH(const QByteArray, expected);
    QFETCH(const QByteArray, left);
    const PreparedCall call = callFor(body);
    QVERIFY(call);
    QCOMPARE((*call)->request.method, "POST");
    QCOMPARE((*call)->request.url.toEncoded(), "http://localhost:11434/api/embed");
    QCOMPARE((*call)->request.headers.value("Content-Type"), "application/json");
    QCOMPARE((*call)->request.body, expected);
    QVERIFY(!(*call)->request.isStream);
    QCOMPARE(QByteArrayList((*call)->droppedParams.begin(), (*call)->droppedParams.end()).join(' '), left);
}

void EmbeddingsTest::refusesTokens()
{
    const PreparedCall call = callFor(R"({"input":[1,2,3]})");
    QVERIFY(!call);
    QCOMPARE(call.error().reason, "unsupported_parameter");
    QCOMPARE(call.error().param, "input");
    QCOMPARE(httpStatus(call.error()), 400);
}

void EmbeddingsTest::givesTheClientItsForm_data()
{
    QTest::addColumn<QByteArray>("request");
    QTest::addColumn<QByteArray>("answer");
    QTest::addColumn<QByteArray>("expected");
    QTest::newRow("numbers")
        << QByteArray(R"({"model":"local/nomic","input":["a","b"]})")
        << QByteArray(R"({"model":"nomic","embeddings":[[0.5,-1,1e-3],[0.1,2,3]],"total_duration":14143917,)"
                      R"("load_duration":1019500,"prompt_eval_count":8})")
        << QByteArray(R"({"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.5,-1,0.001]},)"
                      R"({"object":"embedding","index":1,"embedding":[0.1,2,3]}],"model":"nomic",)"
                      R"("usage":{"prompt_tokens":8,"total_tokens":8}})");
    QTest::newRow("base64") << QByteArray(R"({"model":"local/nomic","input":"a","encoding_format":"base64"})")
                            << QByteArray(R"({"model":"nomic","embeddings":[[1,-2]],"prompt_eval_count":1})")
                            << QByteArray(R"({"object":"list","data":[{"object":"embedding","index":0,)"
                                          R"("embedding":"AACAPwAAAMA="}],"model":"nomic",)"
                                          R"("usage":{"prompt_tokens":1,"total_tokens":1}})");
    QTest::newRow("neither model nor usage")
        << QByteArray(R"({"model":"local/nomic","input":"a"})") << QByteArray(R"({"embeddings":[[1]]})")
        << QByteArray(
               R"({"object":"list","data":[{"object":"embedding","index":0,"embedding":[1]}],"model":"local/nomic"})");
}

void EmbeddingsTest::givesTheClientItsForm()
{
    QFETCH(const QByteArray, request);
    QFETCH(const QByteArray, answer);
    QFETCH(const QByteArray, expected);
    const PreparedCall call = callFor(request);
    QVERIFY(call);
    const auto read = (*call)->readAnswer(answer);
    QVERIFY(read);
    QCOMPARE(read->body, expected);
}

void EmbeddingsTest::readsUsage()
{
    const PreparedCall call = callFor(R"({"input":"a"})");
    QVERIFY(call);
    QCOMPARE((*call)->readAnswer(R"({"embeddings":[[1]],"prompt_eval_count":8})")->usage, (Usage{.input = 8}));
    QVERIFY(!(*call)->readAnswer(R"({"embeddings":[[1]]})")->usage);
}

void EmbeddingsTest::outlivesTheRequest()
{
    auto request = std::make_unique<EmbeddingsRequest>(
        embeddingsRequest(R"({"model":"local/nomic","input":["a","b"],"encoding_format":"base64"})"));
    const PreparedCall call = provider().embeddingsCall(*request, "nomic");
    request.reset();
    QVERIFY(call);
    const auto read = (*call)->readAnswer(R"({"embeddings":[[1],[2]]})");
    QVERIFY(read);
    QVERIFY2(read->body.contains(R"("embedding":"AACAPw==")") && read->body.contains("local/nomic"),
             read->body.constData());
}

void EmbeddingsTest::refusesWhatIsNoAnswer_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("message");
    const auto row = [](const char *name, QByteArray body, const char *message) {
        QTest::newRow(name) << std::move(body) << QByteArray(message);
    };
    constexpr const char *kNoObject = "failed to parse provider response: it is not a JSON object";
    constexpr const char *kNotOneEach =
        "failed to parse provider response: it does not have one embedding for each input";
    constexpr const char *kNoNumbers = "failed to parse provider response: an embedding is not a list of numbers";
    row("no JSON", "Ollama is running", kNoObject);
    row("a list", "[[1]]", kNoObject);
    row("nothing", "{}", kNotOneEach);
    row("too few", R"({"embeddings":[[1]]})", kNotOneEach);
    row("too many", R"({"embeddings":[[1],[2],[3]]})", kNotOneEach);
    row("the older form", R"({"embedding":[1,2]})", kNotOneEach);
    row("not a list", R"({"embeddings":{"a":[1],"b":[2]}})", kNotOneEach);
    row("numbers in place of vectors", R"({"embeddings":[1,2]})", kNoNumbers);
    row("an empty vector", R"({"embeddings":[[1],[]]})", kNoNumbers);
    row("an object as vector", R"({"embeddings":[[1],{"a":1}]})", kNoNumbers);
    row("null in a vector", R"({"embeddings":[[1],[null]]})", kNoNumbers);
    row("a number that is no float", R"({"embeddings":[[1],[1e300]]})", kNoNumbers);
    row("an error", R"({"error":"this model does not support embeddings"})", "this model does not support embeddings");
}

void EmbeddingsTest::refusesWhatIsNoAnswer()
{
    QFETCH(const QByteArray, body);
    QFETCH(const QByteArray, message);
    const PreparedCall call = callFor(R"({"input":["a","b"]})");
    QVERIFY(call);
    const auto read = (*call)->readAnswer(body);
    QVERIFY(!read);
    QCOMPARE(read.error().error.message, message);
    QCOMPARE(httpStatus(read.error().error), 502);
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::EmbeddingsTest)
#include "tst_embeddings.moc"
