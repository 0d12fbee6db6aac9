// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/chat/embedding_vector.h"

#include <QTest>

#include <cmath>
#include <limits>

namespace lunargate {

using Vector = std::vector<float>;

class EmbeddingVectorTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void writesBothForms_data();
    void writesBothForms();
    void readsBackTheSameFloats();
    void readsNumbersOfEveryKind();
    void refusesWhatIsNoVector_data();
    void refusesWhatIsNoVector();
};

namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

std::optional<Vector> fromJson(const QByteArray &text)
{
    const auto document = json::Document::parse(text);
    return vectorOfJson(document ? document->root() : json::Value());
}

} // namespace

void EmbeddingVectorTest::writesBothForms_data()
{
    QTest::addColumn<Vector>("vector");
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QByteArray>("base64");
    // The bytes are those of `struct.pack('<2f', 1.0, -2.5)` and the like.
    QTest::newRow("empty") << Vector() << QByteArray("[]") << QByteArray();
    QTest::newRow("little-endian") << Vector{1.0F, -2.5F} << QByteArray("[1,-2.5]") << QByteArray("AACAPwAAIMA=");
    QTest::newRow("shortest") << Vector{0.1F} << QByteArray("[0.1]") << QByteArray("zczMPQ==");
    QTest::newRow("tiny") << Vector{1e-10F} << QByteArray("[1e-10]") << QByteArray("/+bbLg==");
    QTest::newRow("not in JSON") << Vector{kInfinity, -kInfinity} << QByteArray("[null,null]")
                                 << QByteArray("AACAfwAAgP8=");
}

void EmbeddingVectorTest::writesBothForms()
{
    QFETCH(const Vector, vector);
    QFETCH(const QByteArray, json);
    QFETCH(const QByteArray, base64);
    QCOMPARE(vectorAsJson(vector), json);
    QCOMPARE(vectorAsBase64(vector), base64);
}

void EmbeddingVectorTest::readsBackTheSameFloats()
{
    const Vector vector = {0.0F,
                           -0.0F,
                           1.0F / 3,
                           std::numeric_limits<float>::min(),
                           std::numeric_limits<float>::denorm_min(),
                           std::numeric_limits<float>::max(),
                           -0.012345679F};
    QCOMPARE(fromJson(vectorAsJson(vector)), vector);
    QCOMPARE(vectorOfBase64(vectorAsBase64(vector)), vector);
    const std::optional<Vector> special = vectorOfBase64(vectorAsBase64(Vector{kInfinity, NAN}));
    QVERIFY(special);
    QCOMPARE(special->at(0), kInfinity);
    QVERIFY(std::isnan(special->at(1)));
}

void EmbeddingVectorTest::readsNumbersOfEveryKind()
{
    const std::optional<Vector> vector = fromJson("[1, -2, 1.5e0, 18446744073709551615, 1e300, -1e300, null]");
    QVERIFY(vector);
    QCOMPARE(Vector(vector->begin(), vector->end() - 1),
             (Vector{1, -2, 1.5F, 18446744073709551615.0F, kInfinity, -kInfinity}));
    QVERIFY(std::isnan(vector->back()));
}

void EmbeddingVectorTest::refusesWhatIsNoVector_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::newRow("text") << QByteArray(R"("AACAPw==")");
    QTest::newRow("null") << QByteArray("null");
    QTest::newRow("object") << QByteArray("{}");
    QTest::newRow("text inside") << QByteArray(R"([1,"2"])");
    QTest::newRow("list inside") << QByteArray("[[1]]");
}

void EmbeddingVectorTest::refusesWhatIsNoVector()
{
    QFETCH(const QByteArray, json);
    QVERIFY(!fromJson(json));
    QVERIFY(!vectorOfBase64("AACA"));       // three bytes
    QVERIFY(!vectorOfBase64("no base64!")); // neither
}

} // namespace lunargate

QTEST_APPLESS_MAIN(lunargate::EmbeddingVectorTest)
#include "tst_embedding_vector.moc"
