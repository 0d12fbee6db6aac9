// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/chat/reasoning_detail.h"

#include <QTest>

namespace lunargate {

using Kind = ReasoningDetail::Kind;

class ReasoningDetailTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void comesBackAsItWent_data()
    {
        QTest::addColumn<int>("kind");
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("signature");
        QTest::addColumn<QByteArray>("data");
        QTest::addColumn<QByteArray>("id");
        QTest::newRow("signed text") << int(Kind::Text) << QByteArray("a \"b\"\n") << QByteArray("Eq/+=")
                                     << QByteArray() << QByteArray();
        QTest::newRow("signed, but empty")
            << int(Kind::Text) << QByteArray() << QByteArray("Eq") << QByteArray() << QByteArray();
        QTest::newRow("unsigned text") << int(Kind::Text) << QByteArray("a") << QByteArray() << QByteArray()
                                       << QByteArray();
        QTest::newRow("encrypted") << int(Kind::Encrypted) << QByteArray() << QByteArray() << QByteArray("gAAA")
                                   << QByteArray("rs_1");
    }

    void comesBackAsItWent()
    {
        QFETCH(const int, kind);
        QFETCH(const QByteArray, text);
        QFETCH(const QByteArray, signature);
        QFETCH(const QByteArray, data);
        QFETCH(const QByteArray, id);
        const ReasoningDetail detail{.kind = Kind(kind),
                                     .text = text,
                                     .signature = signature,
                                     .data = data,
                                     .id = id,
                                     .format = kAnthropicReasoning.toByteArray()};
        const auto document = json::Document::parse('[' + toJson(detail, 4) + ']');
        QVERIFY(document);
        QCOMPARE(document->root().at(0)["index"].integer(), 4);
        const std::vector<ReasoningDetail> read = reasoningDetails(document->root(), kAnthropicReasoning);
        QCOMPARE(read.size(), 1);
        QVERIFY(read[0] == detail);
    }

    void leavesOutWhatIsSomebodyElses()
    {
        const auto document = json::Document::parse(R"([
            {"type":"reasoning.text","text":"a","format":"anthropic-claude-v1"},
            {"type":"reasoning.text","text":"b","format":"google-gemini-v1"},
            {"type":"reasoning.summary","summary":"c","format":"anthropic-claude-v1"},
            {"type":"reasoning.text","text":"d"}, 7, null])");
        const std::vector<ReasoningDetail> read = reasoningDetails(document->root(), kAnthropicReasoning);
        QCOMPARE(read.size(), 1);
        QCOMPARE(read[0].text, "a");
        QVERIFY(reasoningDetails(json::Value(), kAnthropicReasoning).empty());
    }
};

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::ReasoningDetailTest)
#include "tst_reasoning_detail.moc"
