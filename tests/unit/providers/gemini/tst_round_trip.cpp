// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/json/writer.h"
#include "tests/unit/providers/gemini/gemini_testing.h"

#include <QTest>

namespace lunargate {

/// What a model said goes to a client in OpenAI's dialect, comes back with its next request, and must reach the model
/// as it was.
class RoundTripTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void bringsEverythingBack_data();
    void bringsEverythingBack();
    void bringsStreamsBack();
    void survivesClientsThatDropWhatTheyDoNotKnow();
};

namespace {

const GeminiProvider kProvider(test::geminiConfig());

QByteArray nextTurn(const QByteArray &message)
{
    const QByteArray sent = test::sentBody(kProvider, R"({"messages":[{"role":"user","content":"x"},)" + message + "]}",
                                           "gemini-3-flash-preview");
    constexpr QByteArrayView kHead = R"({"contents":[{"role":"user","parts":[{"text":"x"}]},{"role":"model","parts":[)";
    return sent.startsWith(kHead) && sent.endsWith("]}]}") ? sent.sliced(kHead.size()).chopped(4) : sent;
}

// The message of a chat.completion, as a client keeps it.
QByteArray messageOf(const QByteArray &completion)
{
    const std::optional<json::Document> document = json::Document::parse(completion);
    return document ? json::toText(document->root()["choices"].at(0)["message"]) : completion;
}

} // namespace

void RoundTripTest::bringsEverythingBack_data()
{
    QTest::addColumn<QByteArray>("parts");
    QTest::newRow("text") << QByteArray(R"({"text":"Grüße"})");
    QTest::newRow("signed text") << QByteArray(R"({"text":"Grüße","thoughtSignature":"S="})");
    QTest::newRow("a signature behind the text")
        << QByteArray(R"({"text":"Grüße"},{"text":"","thoughtSignature":"S="})");
    QTest::newRow("parallel calls") << QByteArray(
        R"({"text":"Hm."},{"functionCall":{"id":"a","name":"f","args":{"z":1,"a":[true,null,1.5]}},"thoughtSignature":"S="},)"
        R"({"functionCall":{"id":"b","name":"f","args":{}}})");
    QTest::newRow("signed thoughts and a picture")
        << QByteArray(R"({"text":"t","thought":true,"thoughtSignature":"S="},{"text":"Look"},)"
                      R"({"inlineData":{"mimeType":"image/png","data":"AAAA"},"thoughtSignature":"T="},{"text":"!"})");
}

void RoundTripTest::bringsEverythingBack()
{
    QFETCH(const QByteArray, parts);
    const QByteArray completion =
        test::clientAnswer(*test::geminiCall(kProvider), R"({"candidates":[{"content":{"role":"model","parts":[)" +
                                                             parts + R"(]},"finishReason":"STOP"}],"responseId":"r"})");
    QCOMPARE(nextTurn(messageOf(completion)), parts);
}

void RoundTripTest::bringsStreamsBack()
{
    const QByteArray stream = test::eventStream(
        {R"({"candidates":[{"content":{"parts":[{"text":"Grü"}]}}]})",
         R"({"candidates":[{"content":{"parts":[{"text":"ße"},{"functionCall":{"id":"a","name":"f","args":{}},"thoughtSignature":"T="}]}}]})",
         R"({"candidates":[{"content":{"parts":[{"text":"","thoughtSignature":"S="}]},"finishReason":"STOP"}]})"});
    const auto call = test::geminiCall(kProvider, R"(,"stream":true)");
    QByteArray text;
    QByteArray details;
    QByteArray calls;
    for (const ChatStreamEvent &event : test::readStream(*call->streamReader(), stream, 7, 7)) {
        text += event.delta.text;
        details += event.delta.reasoningDetail;
        if (event.delta.toolCall) {
            calls += R"({"id":")" + event.delta.toolCall->id +
                     R"(","type":"function","function":{"name":"f","arguments":"{}"},"extra_content":)" +
                     event.delta.toolCall->extraContent + '}';
        }
    }
    QCOMPARE(
        nextTurn(R"({"role":"assistant","content":")" + text + R"(","reasoning_details":[)" + details +
                 R"(],"tool_calls":[)" + calls + "]}"),
        R"({"text":"Grüße"},{"text":"","thoughtSignature":"S="},{"functionCall":{"id":"a","name":"f","args":{}},"thoughtSignature":"T="})");
}

void RoundTripTest::survivesClientsThatDropWhatTheyDoNotKnow()
{
    QCOMPARE(
        nextTurn(
            R"({"role":"assistant","content":null,"tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"}},)"
            R"({"id":"b","type":"function","function":{"name":"f","arguments":"{}"}}]})"),
        R"({"functionCall":{"id":"a","name":"f","args":{}},"thoughtSignature":"skip_thought_signature_validator"},)"
        R"({"functionCall":{"id":"b","name":"f","args":{}}})");
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::RoundTripTest)
#include "tst_round_trip.moc"
