// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/chat/parameter_use.h"

#include <QTest>

namespace lunargate {

class ParameterUseTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void tellsWhatNobodyTook()
    {
        const Parameters parameters(R"({"temperature":0.5,"seed":7,"user":"u","top_k":3.0})");
        ParameterUse use(parameters.conversation);
        QCOMPARE(use.takeNumber("temperature"), 0.5);
        QCOMPARE(use.takeInteger("top_k"), 3);
        QVERIFY(!use.take("top_p").exists());
        const auto left = use.leftOver("p");
        QVERIFY(left);
        QCOMPARE(QByteArrayList(left->begin(), left->end()), (QByteArrayList{"seed", "user"}));
    }

    void tellsWhatWasTakenAndDroppedAllTheSame()
    {
        const Parameters parameters(R"({"temperature":1.7})");
        ParameterUse use(parameters.conversation);
        use.take("temperature");
        use.drop("temperature");
        QCOMPARE(use.leftOver("p")->size(), 1);
    }

    void refusesToLoseWhatTheAnswerDependsOn_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<QByteArray>("param"); // empty: it may be lost, or asks for nothing
        QTest::newRow("n") << QByteArray(R"({"n":2})") << QByteArray("n");
        QTest::newRow("n of one") << QByteArray(R"({"n":1})") << QByteArray();
        QTest::newRow("logprobs") << QByteArray(R"({"logprobs":true})") << QByteArray("logprobs");
        QTest::newRow("no logprobs") << QByteArray(R"({"logprobs":false,"top_logprobs":0})") << QByteArray();
        QTest::newRow("top_logprobs") << QByteArray(R"({"top_logprobs":3})") << QByteArray("top_logprobs");
        QTest::newRow("audio") << QByteArray(R"({"modalities":["text","audio"]})") << QByteArray("modalities");
        QTest::newRow("text only") << QByteArray(R"({"modalities":["text"]})") << QByteArray();
        QTest::newRow("voice") << QByteArray(R"({"audio":{"voice":"x"}})") << QByteArray("audio");
        QTest::newRow("web search") << QByteArray(R"({"web_search_options":{}})") << QByteArray("web_search_options");
        QTest::newRow("stored conversation")
            << QByteArray(R"({"previous_response_id":"r"})") << QByteArray("previous_response_id");
        QTest::newRow("harmless") << QByteArray(R"({"metadata":{},"store":true})") << QByteArray();
    }

    void refusesToLoseWhatTheAnswerDependsOn()
    {
        QFETCH(const QByteArray, json);
        QFETCH(const QByteArray, param);
        const Parameters parameters(json);
        const auto left = ParameterUse(parameters.conversation).leftOver("claude");
        QCOMPARE(left.has_value(), param.isEmpty());
        if (param.isEmpty())
            return;
        QCOMPARE(left.error().kind, ErrorKind::InvalidRequest);
        QCOMPARE(left.error().reason, "unsupported_parameter");
        QCOMPARE(left.error().param, param);
        QVERIFY(left.error().message.contains("'claude'"));
        QVERIFY(left.error().message.contains('\'' + param + '\''));
        // Whoever takes it answers for it.
        ParameterUse use(parameters.conversation);
        use.take(param);
        QVERIFY(use.leftOver("claude"));
    }

    void tellsMembersOfReasoningThatNobodyTook()
    {
        Parameters parameters("{}");
        const auto reasoning = json::Document::parse(R"({"effort":"low","exclude":true,"summary":"auto","x":null})");
        parameters.conversation.reasoning = reasoning->root();
        ParameterUse use(parameters.conversation);
        use.take("reasoning.summary");
        const auto left = use.leftOver("p");
        QCOMPARE(QByteArrayList(left->begin(), left->end()), (QByteArrayList{"reasoning.exclude"}));
    }

    void doesNotMentionWhatAsksForNothing()
    {
        const Parameters parameters(R"({"n":1,"logprobs":false,"modalities":["text"]})");
        QVERIFY(ParameterUse(parameters.conversation).leftOver("p")->empty());
    }

private:
    struct Parameters
    {
        explicit Parameters(const QByteArray &json) : document(*json::Document::parse(json))
        {
            for (const auto [name, value] : document.root().members())
                conversation.parameters.push_back({name, value});
        }
        json::Document document;
        Conversation conversation;
    };
};

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::ParameterUseTest)
#include "tst_parameter_use.moc"
