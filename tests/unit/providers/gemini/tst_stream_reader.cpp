// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/upstream_errors.h"
#include "tests/unit/providers/gemini/gemini_testing.h"

#include <QTest>

namespace lunargate {

class StreamReaderTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void readsStreams();
    void endsWithoutAnEndMark_data();
    void endsWithoutAnEndMark();
    void fails_data();
    void fails();
    void readsLargePictures();
    void saysHowLargeAnEventMayBe();
    void mayBeTriedAgainOnlyBeforeSomethingCame_data();
    void mayBeTriedAgainOnlyBeforeSomethingCame();
    void saysWhatIsUseful();
    void readsErrorsInside();
    void replacesUsage();
    void agreesWithWholeAnswers_data();
    void agreesWithWholeAnswers();
    void citesAtTheEnd();
};

namespace {

const GeminiProvider kProvider(test::geminiConfig());

QByteArray piece(const QByteArray &parts, const QByteArray &more = {})
{
    return R"({"candidates":[{"content":{"role":"model","parts":[)" + parts + R"(]},"index":0)" + more +
           R"(}],"modelVersion":"gemini-z","responseId":"r1"})";
}

const QByteArray kStop = R"(,"finishReason":"STOP")";

QByteArray frames(const QByteArrayList &pieces)
{
    return test::clientFrames(*test::geminiCall(kProvider, R"(,"stream":true)"), test::eventStream(pieces));
}

std::vector<ChatStreamEvent> events(const QByteArrayList &pieces, const QByteArray &members = {})
{
    const QByteArray stream = test::eventStream(pieces);
    const auto call = test::geminiCall(kProvider, R"(,"stream":true)" + members);
    return test::readStream(*call->streamReader(), stream, stream.size(), 1);
}

QByteArray frame(const QByteArray &delta, const QByteArray &finishReason = "null")
{
    return R"(data: {"id":"r1","object":"chat.completion.chunk","created":1700000000,"model":"gemini-z","choices":[{"index":0,"delta":{)" +
           delta + R"(},"finish_reason":)" + finishReason + "}]}\n\n";
}

/// The answer that a stream adds up to.
Completion sumOf(const std::vector<ChatStreamEvent> &events)
{
    Completion sum;
    for (const ChatStreamEvent &event : events) {
        const ChatDelta &delta = event.delta;
        if (!delta.id.isEmpty())
            sum.id = delta.id;
        if (!delta.model.isEmpty())
            sum.model = delta.model;
        sum.text += delta.text;
        sum.reasoning += delta.reasoning;
        sum.refusal += delta.refusal;
        if (!delta.reasoningDetail.isEmpty())
            sum.reasoningDetails.push_back(delta.reasoningDetail);
        if (delta.toolCall) {
            sum.toolCalls.push_back({.id = delta.toolCall->id,
                                     .name = delta.toolCall->name,
                                     .arguments = delta.toolCall->arguments,
                                     .extraContent = delta.toolCall->extraContent});
        }
        sum.finishReason = delta.finishReason.value_or(sum.finishReason);
    }
    return sum;
}

} // namespace

void StreamReaderTest::readsStreams()
{
    const QByteArray result = frames(
        {R"({"candidates":[{"content":{"role":"model","parts":[{"text":"Need both zones.","thought":true}]},"index":0}],"usageMetadata":{"promptTokenCount":41,"totalTokenCount":73,"thoughtsTokenCount":32},"modelVersion":"gemini-z","responseId":"r1"})",
         R"({"candidates":[{"content":{"role":"model","parts":[{"text":"é"},{"functionCall":{"id":"a1","name":"get_time","args":{"tz":"UTC"}},"thoughtSignature":"AbC="}]},"index":0}],"modelVersion":"gemini-z","responseId":"r1"})",
         R"({"candidates":[{"content":{"role":"model","parts":[{"functionCall":{"id":"a2","name":"get_time","args":{"tz":"CET"}}}]},"index":0}],"modelVersion":"gemini-z","responseId":"r1"})",
         R"({"candidates":[{"content":{"role":"model","parts":[{"text":""}]},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":41,"candidatesTokenCount":24,"totalTokenCount":97,"thoughtsTokenCount":32},"modelVersion":"gemini-z","responseId":"r1"})"});
    const QByteArray first =
        R"("tool_calls":[{"index":0,"id":"a1","type":"function","function":{"name":"get_time","arguments":"{\"tz\":\"UTC\"}"},"extra_content":{"google":{"thought_signature":"AbC="}}}])";
    const QByteArray second =
        R"("tool_calls":[{"index":1,"id":"a2","type":"function","function":{"name":"get_time","arguments":"{\"tz\":\"CET\"}"}}])";
    QCOMPARE(result, frame(R"("role":"assistant","reasoning_content":"Need both zones.")") + frame(R"("content":"é")") +
                         frame(first) + frame(second) + frame("", R"("tool_calls")") + "data: [DONE]\n\n");
}

void StreamReaderTest::endsWithoutAnEndMark_data()
{
    QTest::addColumn<QByteArrayList>("pieces");
    QTest::addColumn<QByteArray>("expected");
    const QByteArray end = frame("", R"("stop")") + "data: [DONE]\n\n";
    QTest::newRow("a finish reason in every piece")
        << QByteArrayList{piece(R"({"text":"a"})", kStop), piece(R"({"text":"b"})", kStop)}
        << frame(R"("role":"assistant","content":"a")") + frame(R"("content":"b")") + end;
    QTest::newRow("the last one counts") << QByteArrayList{piece(R"({"text":"a"})", kStop),
                                                           piece("", R"(,"finishReason":"MAX_TOKENS")")}
                                         << frame(R"("role":"assistant","content":"a")") + frame("", R"("length")") +
                                                "data: [DONE]\n\n";
    QTest::newRow("a signature at the end")
        << QByteArrayList{piece(R"({"text":"a"})"), piece(R"({"text":"","thoughtSignature":"S="})", kStop)}
        << frame(R"("role":"assistant","content":"a")") +
               frame(
                   R"("reasoning_details":[{"type":"reasoning.encrypted","data":"S=","id":"text-1-1","format":"google-gemini-v1","index":0}])") +
               end;
    QTest::newRow("usage behind the finish reason")
        << QByteArrayList{piece(R"({"text":"a"})", kStop), R"({"usageMetadata":{"promptTokenCount":1}})"}
        << frame(R"("role":"assistant","content":"a")") + end;
    QTest::newRow("cut behind a call")
        << QByteArrayList{piece(R"({"functionCall":{"id":"c","name":"f"}})"),
                          piece("", R"(,"finishReason":"MAX_TOKENS")")}
        << frame(
               R"("role":"assistant","tool_calls":[{"index":0,"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}])") +
               frame("", R"("length")") + "data: [DONE]\n\n";
    QTest::newRow("cut within its thoughts") << QByteArrayList{piece("", R"(,"finishReason":"MAX_TOKENS")")}
                                             << frame(R"("role":"assistant")", R"("length")") + "data: [DONE]\n\n";
    QTest::newRow("a refused prompt")
        << QByteArrayList{R"({"promptFeedback":{"blockReason":"SAFETY"},"responseId":"r1","modelVersion":"gemini-z"})"}
        << frame(R"("role":"assistant","refusal":"The provider refused the prompt (SAFETY).")", R"("content_filter")") +
               "data: [DONE]\n\n";
}

void StreamReaderTest::endsWithoutAnEndMark()
{
    QFETCH(const QByteArrayList, pieces);
    QFETCH(const QByteArray, expected);
    QCOMPARE(frames(pieces), expected);
}

void StreamReaderTest::fails_data()
{
    QTest::addColumn<QByteArrayList>("pieces");
    QTest::addColumn<QByteArray>("reason");
    QTest::newRow("no finish reason") << QByteArrayList{piece(R"({"text":"a"})")} << QByteArray("upstream_incomplete");
    QTest::newRow("nothing") << QByteArrayList{} << QByteArray("upstream_incomplete");
    QTest::newRow("no JSON") << QByteArrayList{"x"} << QByteArray("upstream_malformed_event");
    QTest::newRow("no object") << QByteArrayList{"7"} << QByteArray("upstream_malformed_event");
    QTest::newRow("a call without a name")
        << QByteArrayList{piece(R"({"text":"a"},{"functionCall":{}})")} << QByteArray("upstream_malformed_event");
    QTest::newRow("far more parts than an event has")
        << QByteArrayList{piece(QByteArray(R"({"text":"a"},)").repeated(10'001).chopped(1), kStop)}
        << QByteArray("upstream_malformed_event");
    for (const QByteArray &begun : {QByteArray(R"({"text":"t","thought":true})"), QByteArray(R"({"text":"a"})")}) {
        QTest::addRow("a malformed call behind %s", begun.constData())
            << QByteArrayList{piece(begun), piece("", R"(,"finishReason":"MALFORMED_FUNCTION_CALL")")}
            << QByteArray("upstream_malformed_call");
    }
    QTest::newRow("too large") << QByteArrayList{piece(R"({"text":")" + QByteArray(32 * 1024 * 1024, 'a') + R"("})")}
                               << QByteArray("upstream_event_too_large");
}

void StreamReaderTest::fails()
{
    QFETCH(const QByteArrayList, pieces);
    QFETCH(const QByteArray, reason);
    const Error error = test::streamError(*test::geminiCall(kProvider, R"(,"stream":true)"), test::eventStream(pieces));
    QCOMPARE(error.reason, reason);
    QCOMPARE(error.kind, ErrorKind::UpstreamProtocol);
}

void StreamReaderTest::readsLargePictures()
{
    const QByteArray data(24 * 1024 * 1024, 'A');
    const std::vector<ChatStreamEvent> all =
        events({piece(R"({"inlineData":{"mimeType":"image/png","data":")" + data + R"("}})", kStop)});
    QCOMPARE(all.back().kind, ChatStreamEvent::Kind::End);
    QVERIFY(sumOf(all).text == "![image](data:image/png;base64," + data + ')');
}

void StreamReaderTest::saysHowLargeAnEventMayBe()
{
    const auto call = test::geminiCall(kProvider, R"(,"stream":true)");
    const Error error = test::streamError(*call, "data: " + QByteArray(33 * 1024 * 1024, 'a'));
    QCOMPARE(error.message, "the provider sent a stream event over 32 MiB");
    QCOMPARE(tooLargeEvent().message, "the provider sent a stream event over 4 MiB");
}

void StreamReaderTest::mayBeTriedAgainOnlyBeforeSomethingCame_data()
{
    QTest::addColumn<QByteArrayList>("pieces");
    QTest::addColumn<QByteArray>("reason"); // empty: it ends well
    const QByteArray signature = piece(R"({"text":"","thoughtSignature":"S="})");
    const QByteArray thought = piece(R"({"text":"t","thought":true})");
    const QByteArray malformed = piece("", R"(,"finishReason":"MALFORMED_FUNCTION_CALL")");
    QTest::newRow("empty") << QByteArrayList{piece("", kStop)} << QByteArray("upstream_empty_answer");
    QTest::newRow("a signature only") << QByteArrayList{signature, piece("", kStop)}
                                      << QByteArray("upstream_empty_answer");
    QTest::newRow("thoughts only") << QByteArrayList{thought, piece("", kStop)} << QByteArray();
    QTest::newRow("malformed") << QByteArrayList{malformed} << QByteArray("upstream_malformed_call");
}

void StreamReaderTest::mayBeTriedAgainOnlyBeforeSomethingCame()
{
    QFETCH(const QByteArrayList, pieces);
    QFETCH(const QByteArray, reason);
    const std::vector<ChatStreamEvent> all = events(pieces);
    QCOMPARE(all.back().error.reason, reason);
    const bool hasUseful = std::ranges::any_of(all, &ChatStreamEvent::isUseful);
    QCOMPARE(hasUseful, reason.isEmpty());
}

void StreamReaderTest::saysWhatIsUseful()
{
    const std::vector<ChatStreamEvent> all = events(
        {R"({"responseId":"r1","usageMetadata":{"promptTokenCount":1}})", piece(R"({"text":"né","thought":true})"),
         piece(R"({"text":"abc"},{"functionCall":{"id":"a","name":"f","args":{"b":1}}})"),
         piece(R"({"inlineData":{"mimeType":"image/png","data":"AAAA"}})"), piece(R"({"text":""})", kStop)});
    QByteArrayList found;
    for (const ChatStreamEvent &event : all)
        found += QByteArray(event.isUseful ? "useful " : "- ") + QByteArray::number(event.textBytes);
    QCOMPARE(found, (QByteArrayList{"- 0", "useful 3", "useful 3", "useful 7", "useful 0", "useful 0", "- 0"}));
    QCOMPARE(all.front().delta.id, "r1");
    QCOMPARE(all.back().kind, ChatStreamEvent::Kind::End);
}

void StreamReaderTest::readsErrorsInside()
{
    const QByteArray error =
        R"({"error":{"code":503,"message":"The model is overloaded.","status":"UNAVAILABLE","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"1.5s"}]}})";
    for (const QByteArray &body : {error, '[' + error + ']'}) {
        const std::vector<ChatStreamEvent> all = events({body, piece(R"({"text":"a"})", kStop)});
        QCOMPARE(all.size(), 1);
        QCOMPARE(all[0].kind, ChatStreamEvent::Kind::Failure);
        QCOMPARE(httpStatus(all[0].error), 503);
        QCOMPARE(all[0].error.upstreamType, "UNAVAILABLE");
        QCOMPARE(all[0].error.message, "The model is overloaded.");
        QCOMPARE(all[0].error.retryAfter, std::chrono::milliseconds(1500));
    }
}

void StreamReaderTest::replacesUsage()
{
    const std::vector<ChatStreamEvent> all = events(
        {R"({"usageMetadata":{"promptTokenCount":41,"thoughtsTokenCount":32}})",
         R"({"candidates":[{"content":{"parts":[{"text":"a"}]}}],"usageMetadata":{"promptTokenCount":41,"candidatesTokenCount":5}})",
         R"({"candidates":[{"content":{"parts":[{"text":"b"}]}}]})",
         R"({"candidates":[{"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":40,"candidatesTokenCount":24,"cachedContentTokenCount":10}})"});
    std::vector<Usage> found;
    for (const ChatStreamEvent &event : all) {
        if (event.usage)
            found.push_back(*event.usage);
    }
    QCOMPARE(found.size(), 3);
    QCOMPARE(found[0], (Usage{.input = 41, .reasoning = 32}));
    QCOMPARE(found[1], (Usage{.input = 41, .output = 5, .reasoning = 32}));
    QCOMPARE(found[2], (Usage{.input = 30, .cachedInput = 10, .output = 24, .reasoning = 32}));
}

void StreamReaderTest::agreesWithWholeAnswers_data()
{
    QTest::addColumn<QByteArrayList>("parts");
    QTest::newRow("text") << QByteArrayList{R"({"text":"a"})", R"({"text":"é"})"};
    QTest::newRow("everything") << QByteArrayList{
        R"({"text":"t","thought":true})",
        R"({"text":"a"})",
        R"({"text":"b","thoughtSignature":"S="})",
        R"({"functionCall":{"name":"f","args":{"z":1,"a":2}},"thoughtSignature":"T="})",
        R"({"functionCall":{"name":"f"}})",
        R"({"inlineData":{"mimeType":"image/png","data":"AAAA"}})"};
}

void StreamReaderTest::agreesWithWholeAnswers()
{
    QFETCH(const QByteArrayList, parts);
    const auto whole = test::geminiCall(kProvider)->readAnswer(piece(parts.join(','), kStop));
    QVERIFY(whole);
    QByteArrayList pieces;
    for (const QByteArray &part : parts)
        pieces += piece(part);
    pieces += piece(R"({"text":""})", kStop);
    const Completion sum = sumOf(events(pieces));
    QCOMPARE(openai_chat::completionBody(sum, {}, "own", "own", 1),
             openai_chat::completionBody(*whole->completion, {}, "own", "own", 1));
}

void StreamReaderTest::citesAtTheEnd()
{
    const std::vector<ChatStreamEvent> all = events(
        {piece(R"({"text":"Größe"})"),
         piece(
             R"({"text":" ok"})",
             R"(,"finishReason":"STOP","groundingMetadata":{"groundingChunks":[{"web":{"uri":"https://a","title":"A"}}],)"
             R"("groundingSupports":[{"segment":{"startIndex":8,"endIndex":10,"text":"ok"},"groundingChunkIndices":[0]}]})")},
        R"(,"tools":[{"type":"google_search"}])");
    QByteArrayList annotations;
    for (const ChatStreamEvent &event : all) {
        if (!event.delta.annotation.isEmpty())
            annotations += event.delta.annotation;
    }
    QCOMPARE(
        annotations,
        QByteArrayList{
            R"({"type":"url_citation","url_citation":{"start_index":6,"end_index":8,"url":"https://a","title":"A"}})"});
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::StreamReaderTest)
#include "tst_stream_reader.moc"
