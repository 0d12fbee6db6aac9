// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/ollama/embeddings.h"
#include "tests/unit/dialects/ollama/ollama_calls.h"

#include <QTest>

using namespace lunargate;
using namespace lunargate::test;
using ollama_api::EmbedKind;

namespace {

const QByteArray kAnswer = R"({"object":"list","data":[{"object":"embedding","index":0,"embedding":[1.5,-2]},)"
                           R"({"object":"embedding","index":1,"embedding":[0.25,3]}],)"
                           R"("model":"x","usage":{"prompt_tokens":5,"total_tokens":5}})";

Result<ollama_api::ReadEmbeddings> read(const QByteArray &body, EmbedKind kind = EmbedKind::Embed)
{
    return ollama_api::readEmbeddings(body, 512, kind, &sameName);
}

} // namespace

class OllamaEmbeddingsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void inputBecomesThatOfOpenAi_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<bool>("isOld");
        QTest::addColumn<QByteArray>("written");
        QTest::newRow("a text") << QByteArray(R"({"model":"m","input":"a"})") << false
                                << QByteArray(R"({"model":"m","input":"a"})");
        QTest::newRow("texts") << QByteArray(R"({"model":"m","input":["a",""],"dimensions":8})") << false
                               << QByteArray(R"({"model":"m","input":["a",""],"dimensions":8})");
        QTest::newRow("prompt") << QByteArray(R"({"model":"m","prompt":"a"})") << true
                                << QByteArray(R"({"model":"m","input":"a"})");
        QTest::newRow("what only servers know")
            << QByteArray(
                   R"({"model":"m","input":"a","keep_alive":"5m","truncate":false,"options":{"num_ctx":8},"n":1})")
            << false
            << QByteArray(R"({"model":"m","input":"a","truncate":false,"options":{"num_ctx":8},"keep_alive":"5m"})");
    }

    void inputBecomesThatOfOpenAi()
    {
        QFETCH(const QByteArray, body);
        QFETCH(const bool, isOld);
        QFETCH(const QByteArray, written);
        const auto request = read(body, isOld ? EmbedKind::Embeddings : EmbedKind::Embed);
        QVERIFY(request && request->request);
        QCOMPARE(request->request->body, written);
        QCOMPARE(request->model, "m");
        QCOMPARE(request->request->foreignMembers.size(), written.contains("keep_alive") ? 3u : 0u);
    }

    void withoutTextNobodyIsAsked_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<bool>("isOld");
        QTest::newRow("none") << QByteArray(R"({"model":"m"})") << false;
        QTest::newRow("empty") << QByteArray(R"({"model":"m","input":""})") << false;
        QTest::newRow("empty list") << QByteArray(R"({"model":"m","input":[]})") << false;
        QTest::newRow("empty prompt") << QByteArray(R"({"model":"m","prompt":""})") << true;
    }

    void withoutTextNobodyIsAsked()
    {
        QFETCH(const QByteArray, body);
        QFETCH(const bool, isOld);
        const EmbedKind kind = isOld ? EmbedKind::Embeddings : EmbedKind::Embed;
        const auto request = read(body, kind);
        QVERIFY(request && !request->request);
        QCOMPARE(ollama_api::noEmbeddings(request->model, kind),
                 QByteArray(isOld ? R"({"embedding":[]})" : R"({"model":"m","embeddings":[]})"));
    }

    void refusesWithTheFieldAtFault_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QByteArray>("param");
        QTest::newRow("no JSON") << QByteArray("{") << QByteArray();
        QTest::newRow("no model") << QByteArray(R"({"input":"a"})") << QByteArray("model");
        QTest::newRow("a number") << QByteArray(R"({"model":"m","input":1})") << QByteArray("input");
        QTest::newRow("objects") << QByteArray(R"({"model":"m","input":[{}]})") << QByteArray("input");
        QTest::newRow("twice") << QByteArray(R"({"model":"m","input":"a","input":"b"})") << QByteArray("input");
    }

    void refusesWithTheFieldAtFault()
    {
        QFETCH(const QByteArray, body);
        QFETCH(const QByteArray, param);
        const auto request = read(body);
        QVERIFY(!request);
        QCOMPARE(request.error().kind, ErrorKind::InvalidRequest);
        QCOMPARE(request.error().param, param);
    }

    void answersBecomeThoseOfOllama()
    {
        const QByteArray answer = ollama_api::embeddingsAnswer(kAnswer, "m", EmbedKind::Embed, factsOfTest());
        const auto document = json::Document::parse(answer);
        QVERIFY(document);
        const json::Value root = document->root();
        QCOMPARE(root["model"].toByteArray(), "m");
        QCOMPARE(json::toText(root["embeddings"]), "[[1.5,-2],[0.25,3]]");
        QCOMPARE(root["prompt_eval_count"].integer(), std::optional<qint64>(5));
        QVERIFY(root["total_duration"].integer() > 0 && root["load_duration"].integer() > 0);
        QCOMPARE(ollama_api::embeddingsAnswer(kAnswer, "m", EmbedKind::Embeddings, factsOfTest()),
                 R"({"embedding":[1.5,-2]})");
    }
};

QTEST_APPLESS_MAIN(OllamaEmbeddingsTest)
#include "tst_embeddings.moc"
