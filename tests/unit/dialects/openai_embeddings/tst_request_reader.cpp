// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/openai_embeddings/request_reader.h"

#include <QTest>

namespace lunargate {

using Texts = std::vector<QByteArrayView>;

class EmbeddingsRequestReaderTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void readsWhatOtherProtocolsNeed();
    void readsEveryFormOfInput_data();
    void readsEveryFormOfInput();
    void takesNullForAbsent();
    void leavesUnknownFieldsToTheProvider();
    void refusesWithTheFieldAtFault_data();
    void refusesWithTheFieldAtFault();
    void limitsTheDepth();
};

namespace {

Result<EmbeddingsRequest> read(const QByteArray &body)
{
    return openai_embeddings::readRequest(body, 8);
}

} // namespace

void EmbeddingsRequestReaderTest::readsWhatOtherProtocolsNeed()
{
    const QByteArray body =
        R"( {"model":"m","input":"caf\u00e9","encoding_format":"base64","dimensions":256,"user":"u"} )";
    const Result<EmbeddingsRequest> request = read(body);
    QVERIFY(request);
    QCOMPARE(request->body, body);
    QCOMPARE(request->object.of(request->body).toByteArray(), body.trimmed());
    QCOMPARE(request->members.size(), 5);
    QCOMPARE(request->model, "m");
    QCOMPARE(request->texts, (Texts{"café"}));
    QVERIFY(!request->isTokens);
    QVERIFY(request->isBase64);
    QCOMPARE(request->dimensions, 256);
    QCOMPARE(request->user, "u");
}

void EmbeddingsRequestReaderTest::readsEveryFormOfInput_data()
{
    QTest::addColumn<QByteArray>("input");
    QTest::addColumn<QByteArrayList>("texts"); // empty: tokens
    QTest::newRow("text") << QByteArray(R"("a")") << QByteArrayList{"a"};
    QTest::newRow("texts") << QByteArray(R"(["a","","b"])") << QByteArrayList{"a", "", "b"};
    QTest::newRow("tokens") << QByteArray("[1,2,3]") << QByteArrayList();
    QTest::newRow("lists of tokens") << QByteArray("[[1],[2,3]]") << QByteArrayList();
}

void EmbeddingsRequestReaderTest::readsEveryFormOfInput()
{
    QFETCH(const QByteArray, input);
    QFETCH(const QByteArrayList, texts);
    const Result<EmbeddingsRequest> request = read(R"({"model":"m","input":)" + input + '}');
    QVERIFY(request);
    QCOMPARE(request->texts, Texts(texts.begin(), texts.end()));
    QCOMPARE(request->isTokens, texts.isEmpty());
}

void EmbeddingsRequestReaderTest::takesNullForAbsent()
{
    const QByteArray absent = R"({"model":"m","input":"a"})";
    const QByteArray null = R"({"model":"m","input":"a","encoding_format":null,"dimensions":null,"user":null})";
    for (const QByteArray &body : {absent, null}) {
        const Result<EmbeddingsRequest> request = read(body);
        QVERIFY(request);
        QVERIFY(!request->isBase64);
        QVERIFY(!request->dimensions);
        QCOMPARE(request->user, "");
        QCOMPARE(request->body, body);
    }
}

void EmbeddingsRequestReaderTest::leavesUnknownFieldsToTheProvider()
{
    QVERIFY(read(R"({"model":"m","input":"a","input_type":"query","truncate":1,"truncate":2})"));
}

void EmbeddingsRequestReaderTest::refusesWithTheFieldAtFault_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("reason");
    QTest::addColumn<QByteArray>("param");
    const auto row = [](const char *name, QByteArray body, QByteArray reason, QByteArray param = {}) {
        QTest::newRow(name) << body << reason << param;
    };
    row("no body", "", "empty_body");
    row("no JSON", "{", "invalid_json");
    row("second value", R"({"model":"m","input":"a"} {})", "invalid_json");
    row("list", "[]", "invalid_json");
    row("no model", R"({"input":"a"})", "model_required", "model");
    row("null model", R"({"model":null,"input":"a"})", "model_required", "model");
    row("blank model", R"({"model":" ","input":"a"})", "model_required", "model");
    row("model of another type", R"({"model":1,"input":"a"})", "invalid_type", "model");
    row("no input", R"({"model":"m"})", "input_required", "input");
    row("null input", R"({"model":"m","input":null})", "input_required", "input");
    row("empty text", R"({"model":"m","input":""})", "input_required", "input");
    row("empty list", R"({"model":"m","input":[]})", "input_required", "input");
    row("object", R"({"model":"m","input":{"text":"a"}})", "invalid_type", "input");
    row("number", R"({"model":"m","input":7})", "invalid_type", "input");
    row("texts and tokens", R"({"model":"m","input":["a",1]})", "invalid_type", "input");
    row("broken token", R"({"model":"m","input":[1,2.5]})", "invalid_type", "input");
    row("list of lists of texts", R"({"model":"m","input":[["a"]]})", "invalid_type", "input");
    row("unknown encoding", R"({"model":"m","input":"a","encoding_format":"int8"})", "invalid_value",
        "encoding_format");
    row("empty encoding", R"({"model":"m","input":"a","encoding_format":""})", "invalid_value", "encoding_format");
    row("no dimension", R"({"model":"m","input":"a","dimensions":0})", "invalid_value", "dimensions");
    row("negative dimensions", R"({"model":"m","input":"a","dimensions":-1})", "invalid_value", "dimensions");
    row("half a dimension", R"({"model":"m","input":"a","dimensions":0.5})", "invalid_value", "dimensions");
    row("dimensions as text", R"({"model":"m","input":"a","dimensions":"3"})", "invalid_value", "dimensions");
    row("user", R"({"model":"m","input":"a","user":7})", "invalid_type", "user");
    row("model twice", R"({"model":"m","model":"n","input":"a"})", "duplicate_key", "model");
    row("input twice", R"({"model":"m","input":"a","inp\u0075t":"b"})", "duplicate_key", "input");
}

void EmbeddingsRequestReaderTest::refusesWithTheFieldAtFault()
{
    QFETCH(const QByteArray, body);
    QFETCH(const QByteArray, reason);
    QFETCH(const QByteArray, param);
    const Result<EmbeddingsRequest> request = read(body);
    QVERIFY(!request);
    QCOMPARE(request.error().kind, ErrorKind::InvalidRequest);
    QCOMPARE(request.error().reason, reason);
    QCOMPARE(request.error().param, param);
}

void EmbeddingsRequestReaderTest::limitsTheDepth()
{
    const Result<EmbeddingsRequest> request =
        read(R"({"model":"m","input":"a","x":)" + QByteArray(8, '[') + QByteArray(8, ']') + '}');
    QVERIFY(!request);
    QCOMPARE(request.error().reason, "json_too_deep");
}

} // namespace lunargate

QTEST_APPLESS_MAIN(lunargate::EmbeddingsRequestReaderTest)
#include "tst_request_reader.moc"
