// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/openai/answer_reader.h"

#include <QTest>

namespace lunargate {

class AnswerReaderTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void passesTheBytesOfAnAnswer();
    void readsUsage_data();
    void readsUsage();
    void readsTheCost_data();
    void readsTheCost();
    void refusesWhatIsNoObject_data();
    void refusesWhatIsNoObject();
    void takesAnErrorInASuccessForAFailure_data();
    void takesAnErrorInASuccessForAFailure();
    void takesAnAnswerWithANullErrorForAnAnswer();
    void takesACutAnswerForAFailureWhereItIsTranslated();
};

namespace {

const SecretString kKey{QByteArrayLiteral("sk-canary-0123456789")};

} // namespace

void AnswerReaderTest::passesTheBytesOfAnAnswer()
{
    const QByteArray body = "{ \"choices\":[], \"new\":1.50, \"new\":2 }\n";
    const auto answer = openai::readChatAnswer(body, kKey);
    QVERIFY(answer);
    QCOMPARE(answer->body, body);
    QVERIFY(!answer->usage);
}

void AnswerReaderTest::readsUsage_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QList<qint64>>("expected"); // prompt, completion, total, cached, reasoning
    using List = QList<qint64>;
    QTest::newRow("all") << QByteArray(R"({"prompt_tokens":80,"completion_tokens":21,"total_tokens":101,
        "prompt_tokens_details":{"cached_tokens":64},"completion_tokens_details":{"reasoning_tokens":7}})")
                         << List{80, 21, 101, 64, 7};
    QTest::newRow("no total") << QByteArray(R"({"prompt_tokens":3,"completion_tokens":4})") << List{3, 4, 7, 0, 0};
    QTest::newRow("nulls") << QByteArray(R"({"prompt_tokens":3,"completion_tokens":null,"prompt_tokens_details":null})")
                           << List{3, 0, 3, 0, 0};
    QTest::newRow("empty") << QByteArray("{}") << List{};
    QTest::newRow("null") << QByteArray("null") << List{};
    QTest::newRow("not an object") << QByteArray("[1]") << List{};
    QTest::newRow("texts") << QByteArray(R"({"prompt_tokens":"3"})") << List{};
    QTest::newRow("a total alone") << QByteArray(R"({"total_tokens":57})") << List{};
    QTest::newRow("a cost alone") << QByteArray(R"({"cost":0.5})") << List{0, 0, 0, 0, 0};
    QTest::newRow("thoughts in the total alone")
        << QByteArray(R"({"prompt_tokens":29,"completion_tokens":15,"total_tokens":124})") << List{29, 95, 124, 0, 80};
    QTest::newRow("nothing but thoughts")
        << QByteArray(R"({"prompt_tokens":41,"total_tokens":73})") << List{41, 32, 73, 0, 32};
    QTest::newRow("thoughts beside") << QByteArray(R"({"prompt_tokens":3,"completion_tokens":4,"total_tokens":12,
        "completion_tokens_details":{"reasoning_tokens":5}})")
                                     << List{3, 9, 12, 0, 5};
    QTest::newRow("no thoughts, whatever the total") << QByteArray(R"({"prompt_tokens":3,"completion_tokens":4,
        "total_tokens":12,"completion_tokens_details":{"reasoning_tokens":0}})")
                                                     << List{3, 4, 7, 0, 0};
    QTest::newRow("a small total") << QByteArray(R"({"prompt_tokens":3,"completion_tokens":4,"total_tokens":5})")
                                   << List{3, 4, 7, 0, 0};
    QTest::newRow("negative") << QByteArray(R"({"prompt_tokens":-3,"completion_tokens":4})") << List{0, 4, 4, 0, 0};
    QTest::newRow("beyond any sense")
        << QByteArray(R"({"prompt_tokens":9223372036854775807,"completion_tokens":18446744073709551615})") << List{};
}

void AnswerReaderTest::readsUsage()
{
    QFETCH(const QByteArray, json);
    QFETCH(const QList<qint64>, expected);
    const auto answer = openai::readChatAnswer("{\"choices\":[],\"usage\":" + json + "}", kKey);
    QVERIFY(answer);
    QList<qint64> actual;
    if (const std::optional<Usage> &usage = answer->usage) {
        actual = {usage->promptTokens(), usage->completionTokens(), usage->totalTokens(), usage->cachedInput,
                  usage->reasoning};
    }
    QCOMPARE(actual, expected);
}

void AnswerReaderTest::readsTheCost_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<double>("expected"); // below 0: none
    QTest::newRow("told") << QByteArray(R"("cost":0.5,"is_byok":false)") << 0.5;
    QTest::newRow("beside the provider's own") << QByteArray(R"("cost":0.5,"is_byok":false,
        "cost_details":{"upstream_inference_cost":0.25})")
                                               << 0.5;
    QTest::newRow("a key of the user's own") << QByteArray(R"("cost":0.5,"is_byok":true,
        "cost_details":{"upstream_inference_cost":0.25})")
                                             << 0.75;
    QTest::newRow("the fee alone") << QByteArray(R"("cost":0.5,"is_byok":true,"cost_details":{
        "upstream_inference_cost":null})")
                                   << -1.0;
    QTest::newRow("negative") << QByteArray(R"("cost":-0.5)") << -1.0;
    QTest::newRow("none") << QByteArray(R"("cost":null)") << -1.0;
}

void AnswerReaderTest::readsTheCost()
{
    QFETCH(const QByteArray, json);
    QFETCH(const double, expected);
    const auto answer = openai::readChatAnswer("{\"choices\":[],\"usage\":{\"prompt_tokens\":1," + json + "}}", kKey);
    QVERIFY(answer && answer->usage);
    QCOMPARE(answer->usage->cost.value_or(-1), expected);
}

void AnswerReaderTest::refusesWhatIsNoObject_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("HTML") << QByteArray("<html>");
    QTest::newRow("list") << QByteArray("[]");
    QTest::newRow("cut off") << QByteArray(R"({"choices":[)");
    QTest::newRow("an event stream") << QByteArray("data: {}\n\n");
    QTest::newRow("invalid UTF-8") << QByteArray("{\"a\":\"\xFF\"}");
}

void AnswerReaderTest::refusesWhatIsNoObject()
{
    QFETCH(const QByteArray, body);
    const auto answer = openai::readChatAnswer(body, kKey);
    QVERIFY(!answer);
    QCOMPARE(answer.error().error.kind, ErrorKind::UpstreamProtocol);
    QCOMPARE(answer.error().error.reason, "upstream_invalid_answer");
    QVERIFY(answer.error().error.message.startsWith("failed to parse provider response: "));
    QVERIFY(answer.error().fromProvider);
}

void AnswerReaderTest::takesAnErrorInASuccessForAFailure_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("message");
    QTest::newRow("with a status as code")
        << QByteArray(R"({"error":{"code":429,"message":"slow down"}})") << 429 << QByteArray("slow down");
    QTest::newRow("with a text as code") << QByteArray(R"({"error":{"code":"odd","message":"no"}})") << 502
                                         << QByteArray("no");
    QTest::newRow("a text") << QByteArray(R"({"error":"model not loaded"})") << 502 << QByteArray("model not loaded");
    QTest::newRow("without a message") << QByteArray(R"({"error":{}})") << 502
                                       << QByteArray("the provider reported an error");
    QTest::newRow("in the only choice")
        << QByteArray(R"({"choices":[{"index":0,"error":{"code":502,"message":"broken behind"},"message":{}}]})") << 502
        << QByteArray("broken behind");
    QTest::newRow("with the key") << QByteArray(R"({"error":{"message":"bad key sk-canary-0123456789!"}})") << 502
                                  << QByteArray("bad key ***!");
}

void AnswerReaderTest::takesAnErrorInASuccessForAFailure()
{
    QFETCH(const QByteArray, body);
    QFETCH(const int, status);
    QFETCH(const QByteArray, message);
    const auto answer = openai::readChatAnswer(body, kKey);
    QVERIFY(!answer);
    QCOMPARE(httpStatus(answer.error().error), status);
    QCOMPARE(answer.error().error.message, message);
    QVERIFY(answer.error().fromProvider);
}

void AnswerReaderTest::takesAnAnswerWithANullErrorForAnAnswer()
{
    QVERIFY(openai::readChatAnswer(R"({"error":null})", kKey));
    QVERIFY(openai::readChatAnswer(R"({"error":{"message":"beside"},"choices":[]})", kKey));
    QVERIFY(openai::readChatAnswer(R"({"choices":[{"error":null,"message":{"content":"a"}}]})", kKey));
    QVERIFY(openai::readChatAnswer(R"({"choices":[{"error":{"message":"m"}},{"message":{"content":"a"}}]})", kKey));
}

void AnswerReaderTest::takesACutAnswerForAFailureWhereItIsTranslated()
{
    const QByteArray body = R"({"choices":[{"message":{"content":"a"},"finish_reason":"abort"}]})";
    QVERIFY(openai::readChatAnswer(body, kKey));
    const auto answer = openai::readChatAnswer(body, kKey, openai::AnswerForm::Canonical);
    QVERIFY(!answer);
    QCOMPARE(answer.error().error.reason, "upstream_incomplete");
    QVERIFY(answer.error().fromProvider);
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::AnswerReaderTest)
#include "tst_answer_reader.moc"
