// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/json/document.h"
#include "gateway/providers/simulator/embeddings.h"
#include "gateway/providers/simulator/tokens.h"

#include <QTest>
#include <QtEndian>

#include <cmath>
#include <numeric>

using namespace lunargate;
using namespace lunargate::simulator;

namespace {

double dot(const std::vector<float> &a, const std::vector<float> &b)
{
    return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

std::vector<float> embedText(const QByteArray &text, int dimensions = 256)
{
    return embed(splitTokens(text), dimensions);
}

} // namespace

class TestEmbeddings : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void vectorsHaveUnitLength_data()
    {
        QTest::addColumn<int>("dimensions");
        for (const int dimensions : {1, 2, 64, 3072})
            QTest::addRow("%d dimensions", dimensions) << dimensions;
    }
    void vectorsHaveUnitLength()
    {
        QFETCH(int, dimensions);
        const std::vector<float> vector = embedText("the quick brown fox", dimensions);
        QCOMPARE(vector.size(), static_cast<size_t>(dimensions));
        QVERIFY(std::abs(dot(vector, vector) - 1) < 1e-5);
    }

    void similarTextsAreNearerThanOthers()
    {
        const std::vector<float> text = embedText("how do I reset my password");
        QCOMPARE(text, embedText("how do I reset my password"));
        QVERIFY(dot(text, embedText("how can I reset the password")) >
                dot(text, embedText("the moon is made of cheese")) + 0.2);
    }

    void answersInFloatsAndBase64Alike()
    {
        const QByteArray body = R"({"model":"e","input":["one","two words"],"dimensions":8,"encoding_format":)";
        const Result<EmbeddingsRequest> plain = readEmbeddingsRequest(body + "\"float\"}");
        const Result<EmbeddingsRequest> encoded = readEmbeddingsRequest(body + "\"base64\"}");
        QVERIFY(plain && encoded);
        const std::optional<json::Document> floats = json::Document::parse(embeddingsAnswer(*plain));
        const std::optional<json::Document> base64 = json::Document::parse(embeddingsAnswer(*encoded));
        QVERIFY(floats && base64);
        QCOMPARE(floats->root()["data"].size(), size_t(2));
        QCOMPARE(floats->root()["usage"]["prompt_tokens"].integer(), 3);
        QCOMPARE(floats->root()["usage"]["total_tokens"].integer(), 3);
        for (size_t i = 0; i < 2; ++i) {
            const json::Value vector = floats->root()["data"].at(i)["embedding"];
            QCOMPARE(floats->root()["data"].at(i)["index"].integer(), static_cast<qint64>(i));
            const QByteArray bytes = QByteArray::fromBase64(base64->root()["data"].at(i)["embedding"].toByteArray());
            QCOMPARE(vector.size(), size_t(8));
            QCOMPARE(bytes.size(), qsizetype(8 * sizeof(float)));
            for (size_t k = 0; k < 8; ++k) {
                const auto component = qFromLittleEndian<float>(bytes.constData() + k * sizeof(float));
                QCOMPARE(static_cast<float>(vector.at(k).number().value()), component);
            }
        }
    }

    void takesEveryKindOfInput_data()
    {
        QTest::addColumn<QByteArray>("input");
        QTest::addColumn<int>("count");
        QTest::addRow("text") << QByteArray("\"hi\"") << 1;
        QTest::addRow("texts") << QByteArray("[\"a\",\"b\",\"c\"]") << 3;
        QTest::addRow("token numbers") << QByteArray("[1,2,3]") << 1;
        QTest::addRow("lists of token numbers") << QByteArray("[[1,2],[3]]") << 2;
    }
    void takesEveryKindOfInput()
    {
        QFETCH(QByteArray, input);
        QFETCH(int, count);
        const Result<EmbeddingsRequest> request = readEmbeddingsRequest(R"({"model":"e","input":)" + input + '}');
        QVERIFY(request);
        QCOMPARE(request->inputs.size(), static_cast<size_t>(count));
        QCOMPARE(request->dimensions, 1536);
    }

    void namesTheFieldAtFault_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QByteArray>("param");
        const auto row = [](const char *name, const char *body, const char *param) {
            QTest::addRow("%s", name) << QByteArray(body) << QByteArray(param);
        };
        row("no JSON", "hello", "");
        row("no model", R"({"input":"a"})", "model");
        row("no input", R"({"model":"e"})", "input");
        row("empty text", R"({"model":"e","input":""})", "input");
        row("empty list", R"({"model":"e","input":[]})", "input");
        row("list with an object", R"({"model":"e","input":["a",{}]})", "input");
        row("no dimensions left", R"({"model":"e","input":"a","dimensions":0})", "dimensions");
        row("unknown encoding", R"({"model":"e","input":"a","encoding_format":"hex"})", "encoding_format");
    }
    void namesTheFieldAtFault()
    {
        QFETCH(QByteArray, body);
        const Result<EmbeddingsRequest> request = readEmbeddingsRequest(body);
        QVERIFY(!request);
        QCOMPARE(request.error().kind, ErrorKind::InvalidRequest);
        QTEST(request.error().param, "param");
    }
};

QTEST_APPLESS_MAIN(TestEmbeddings)
#include "tst_embeddings.moc"
