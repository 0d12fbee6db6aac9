// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/providers/gemini/gemini_testing.h"

#include <QElapsedTimer>
#include <QSet>
#include <QTest>

#include <sys/resource.h>

namespace lunargate {

class AnswerReaderTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void readsAnswers_data();
    void readsAnswers();
    void mapsFinishReasons_data();
    void mapsFinishReasons();
    void saysWhyItWasRefused_data();
    void saysWhyItWasRefused();
    void failsWhereAnotherTryMayHelp_data();
    void failsWhereAnotherTryMayHelp();
    void readsUsage_data();
    void readsUsage();
    void inventsIdsOfCalls();
    void takesLongIdsForNone();
    void citesByCharacters_data();
    void citesByCharacters();
    void passesOnErrorsOfStatus200();
    void readsHostileAnswersInLinearTime();
    void keepsNoPiecesOfWholeAnswers();
};

namespace {

const GeminiProvider kProvider(test::geminiConfig());

std::expected<ModelAnswer, UpstreamFailure> read(const QByteArray &body, const QByteArray &members = {})
{
    return test::geminiCall(kProvider, members)->readAnswer(body);
}

QByteArray answer(const QByteArray &parts, const QByteArray &finish = "STOP")
{
    return R"({"candidates":[{"content":{"role":"model","parts":[)" + parts + R"(]},"finishReason":")" + finish +
           R"(","index":0}],"modelVersion":"gemini-z","responseId":"r1"})";
}

} // namespace

void AnswerReaderTest::readsAnswers_data()
{
    QTest::addColumn<QByteArray>("parts");
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<QByteArray>("finishReason");
    const auto row = [](const char *name, QByteArray parts, const QByteArray &content, const QByteArray &more = {},
                        QByteArray finishReason = "stop") {
        QTest::newRow(name) << std::move(parts)
                            << R"({"role":"assistant","content":)" + content + R"(,"refusal":null)" + more + '}'
                            << std::move(finishReason);
    };
    row("text", R"({"text":"Hello "},{"text":"wörld"})", R"("Hello wörld")");
    row("thoughts", R"({"text":"Hm.","thought":true},{"text":"Hello"})", R"("Hello")", R"(,"reasoning_content":"Hm.")");
    row("a call",
        R"({"text":"Hm.","thought":true},{"functionCall":{"id":"fc1","name":"get_time","args":{"tz":"UTC","a":[1.5,{}]}},"thoughtSignature":"Eqo+"})",
        "null",
        R"(,"reasoning_content":"Hm.","tool_calls":[{"id":"fc1","type":"function","function":{"name":"get_time",)"
        R"("arguments":"{\"tz\":\"UTC\",\"a\":[1.5,{}]}"},"extra_content":{"google":{"thought_signature":"Eqo+"}}}])",
        "tool_calls");
    row("calls without arguments",
        R"({"functionCall":{"id":"a","name":"f"}},{"functionCall":{"id":"b","name":"f","args":null}})", "null",
        R"(,"tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"}},)"
        R"({"id":"b","type":"function","function":{"name":"f","arguments":"{}"}}])",
        "tool_calls");
    row("a signed text", R"({"text":"é"},{"text":"b","thoughtSignature":"S="})", R"("éb")",
        R"(,"reasoning_details":[{"type":"reasoning.encrypted","data":"S=","id":"text-2-3","format":"google-gemini-v1","index":0}])");
    row("a signature behind the text", R"({"text":"a"},{"text":"","thoughtSignature":"S="})", R"("a")",
        R"(,"reasoning_details":[{"type":"reasoning.encrypted","data":"S=","id":"text-1-1","format":"google-gemini-v1","index":0}])");
    row("a signed thought", R"({"text":"","thought":true,"thoughtSignature":"S="},{"text":"a"})", R"("a")",
        R"(,"reasoning_details":[{"type":"reasoning.text","text":"","signature":"S=","format":"google-gemini-v1","index":0}])");
    row("a picture", R"({"text":"Look: "},{"inlineData":{"mimeType":"image/png","data":"AAAA"}})",
        R"x("Look: ![image](data:image/png;base64,AAAA)")x");
    row("other media", R"({"inlineData":{"mimeType":"audio/wav","data":"AAAA"}})",
        R"x("[file](data:audio/wav;base64,AAAA)")x");
    row("unknown parts", R"({"executableCode":{"code":"1"}},7,null,{"text":"a"},{"text":7})", R"("a")");
}

void AnswerReaderTest::readsAnswers()
{
    QFETCH(const QByteArray, parts);
    QFETCH(const QByteArray, message);
    QFETCH(const QByteArray, finishReason);
    const std::unique_ptr<ProviderCall> call = test::geminiCall(kProvider);
    QCOMPARE(
        test::clientAnswer(*call, answer(parts)),
        R"({"id":"r1","object":"chat.completion","created":1700000000,"model":"gemini-z","choices":[{"index":0,"message":)" +
            message + R"(,"logprobs":null,"finish_reason":")" + finishReason + R"("}]})");
}

void AnswerReaderTest::mapsFinishReasons_data()
{
    QTest::addColumn<QByteArray>("parts");
    QTest::addColumn<QByteArray>("reason");
    QTest::addColumn<FinishReason>("expected");
    const QByteArray text = R"({"text":"a"})";
    const QByteArray call = R"({"functionCall":{"name":"f"}})";
    for (const char *reason :
         {"STOP", "LANGUAGE", "OTHER", "NO_IMAGE", "IMAGE_OTHER", "FINISH_REASON_UNSPECIFIED", "NEW"})
        QTest::newRow(reason) << text << QByteArray(reason) << FinishReason::Stop;
    for (const char *reason : {"SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "IMAGE_SAFETY",
                               "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION"})
        QTest::newRow(reason) << text << QByteArray(reason) << FinishReason::ContentFilter;
    QTest::newRow("MAX_TOKENS") << text << QByteArray("MAX_TOKENS") << FinishReason::Length;
    const auto withCall = [&call](const char *reason, FinishReason expected) {
        QTest::addRow("%s, with a call", reason) << call << QByteArray(reason) << expected;
    };
    for (const char *reason : {"STOP", "OTHER", "MALFORMED_FUNCTION_CALL", "TOO_MANY_TOOL_CALLS"})
        withCall(reason, FinishReason::ToolCalls);
    withCall("MAX_TOKENS", FinishReason::Length);
    withCall("SAFETY", FinishReason::ContentFilter);
}

void AnswerReaderTest::mapsFinishReasons()
{
    QFETCH(const QByteArray, parts);
    QFETCH(const QByteArray, reason);
    QFETCH(const FinishReason, expected);
    const auto result = read(answer(parts, reason));
    QVERIFY(result);
    QCOMPARE(result->completion->finishReason, expected);
}

void AnswerReaderTest::saysWhyItWasRefused_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("refusal");
    QTest::newRow("the prompt") << QByteArray(
                                       R"({"promptFeedback":{"blockReason":"PROHIBITED_CONTENT"},"responseId":"r"})")
                                << QByteArray() << QByteArray("The provider refused the prompt (PROHIBITED_CONTENT).");
    QTest::newRow("an answer without content")
        << QByteArray(R"({"candidates":[{"finishReason":"SAFETY","index":0}]})") << QByteArray()
        << QByteArray("The provider's filter ended the answer (SAFETY).");
    QTest::newRow("an answer that had begun")
        << QByteArray(
               R"({"candidates":[{"content":{"parts":[{"text":"a"}]},"finishReason":"RECITATION","finishMessage":"Too close."}]})")
        << QByteArray("a") << QByteArray("The provider's filter ended the answer (RECITATION). Too close.");
    QTest::newRow("an answer that called a function")
        << QByteArray(
               R"({"candidates":[{"content":{"parts":[{"functionCall":{"name":"f"}}]},"finishReason":"SAFETY"}]})")
        << QByteArray() << QByteArray("The provider's filter ended the answer (SAFETY).");
}

void AnswerReaderTest::saysWhyItWasRefused()
{
    QFETCH(const QByteArray, body);
    QFETCH(const QByteArray, text);
    QFETCH(const QByteArray, refusal);
    const auto result = read(body);
    QVERIFY(result);
    QCOMPARE(result->completion->finishReason, FinishReason::ContentFilter);
    QCOMPARE(result->completion->text, text);
    QCOMPARE(result->completion->refusal, refusal);
}

void AnswerReaderTest::failsWhereAnotherTryMayHelp_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("reason");
    QTest::newRow("no parts") << answer("") << QByteArray("upstream_empty_answer");
    QTest::newRow("an empty text") << answer(R"({"text":""})") << QByteArray("upstream_empty_answer");
    QTest::newRow("only thoughts") << answer(R"({"text":"t","thought":true})") << QByteArray("upstream_empty_answer");
    QTest::newRow("no candidates") << QByteArray("{}") << QByteArray("upstream_empty_answer");
    QTest::newRow("a malformed call") << answer("", "MALFORMED_FUNCTION_CALL") << QByteArray("upstream_malformed_call");
    QTest::newRow("a malformed call behind thoughts")
        << answer(R"({"text":"t","thought":true})", "UNEXPECTED_TOOL_CALL") << QByteArray("upstream_malformed_call");
    for (const char *broken :
         {"MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS", "MALFORMED_RESPONSE"}) {
        QTest::addRow("%s behind a text", broken)
            << answer(R"({"text":"I call it."})", broken) << QByteArray("upstream_malformed_call");
    }
    QTest::newRow("no JSON") << QByteArray("<html>") << QByteArray("upstream_invalid_answer");
    QTest::newRow("no object") << QByteArray("[]") << QByteArray("upstream_invalid_answer");
    QTest::newRow("a call without a name")
        << answer(R"({"functionCall":{"args":{}}})") << QByteArray("upstream_invalid_answer");
    QTest::newRow("arguments that are no object")
        << answer(R"({"functionCall":{"name":"f","args":"x"}})") << QByteArray("upstream_invalid_answer");
}

void AnswerReaderTest::failsWhereAnotherTryMayHelp()
{
    QFETCH(const QByteArray, body);
    QFETCH(const QByteArray, reason);
    const auto result = read(body);
    QVERIFY(!result);
    QCOMPARE(result.error().error.kind, ErrorKind::UpstreamProtocol);
    QCOMPARE(result.error().error.reason, reason);
    QVERIFY(result.error().fromProvider);
}

void AnswerReaderTest::readsUsage_data()
{
    QTest::addColumn<QByteArray>("metadata");
    QTest::addColumn<bool>("isThere");
    QTest::addColumn<QList<qint64>>("expected"); // input, cached, output, reasoning
    const auto row = [](const char *name, QByteArray metadata, QList<qint64> expected) {
        QTest::newRow(name) << std::move(metadata) << !expected.isEmpty() << std::move(expected);
    };
    row("all", R"({"promptTokenCount":29,"candidatesTokenCount":15,"thoughtsTokenCount":80,"totalTokenCount":124})",
        {29, 0, 15, 80});
    row("cached is part of the prompt",
        R"({"promptTokenCount":100,"cachedContentTokenCount":60,"candidatesTokenCount":1})", {40, 60, 1, 0});
    row("prompts of tools", R"({"promptTokenCount":10,"toolUsePromptTokenCount":5,"candidatesTokenCount":1})",
        {15, 0, 1, 0});
    row("all spent on thoughts", R"({"promptTokenCount":10,"thoughtsTokenCount":5,"totalTokenCount":15})",
        {10, 0, 0, 5});
    row("more cached than read", R"({"promptTokenCount":10,"cachedContentTokenCount":60})", {0, 10, 0, 0});
    row("nothing", "{}", {});
    row("odd", R"({"promptTokenCount":"x","candidatesTokenCount":-5,"thoughtsTokenCount":1e300})", {});
    row("missing", "null", {});
}

void AnswerReaderTest::readsUsage()
{
    QFETCH(const QByteArray, metadata);
    QFETCH(const bool, isThere);
    QFETCH(const QList<qint64>, expected);
    const auto result =
        read(R"({"candidates":[{"content":{"role":"model"},"finishReason":"MAX_TOKENS"}],"usageMetadata":)" + metadata +
             '}');
    QVERIFY(result);
    QCOMPARE(result->completion->finishReason, FinishReason::Length);
    QCOMPARE(result->usage.has_value(), isThere);
    if (isThere) {
        const Usage &usage = *result->usage;
        QCOMPARE((QList<qint64>{usage.input, usage.cachedInput, usage.output, usage.reasoning}), expected);
    }
}

void AnswerReaderTest::inventsIdsOfCalls()
{
    const QByteArray call = R"({"functionCall":{"name":"f","args":{"a":1}}})";
    const QByteArray named = R"({"functionCall":{"id":"x","name":"f","args":{"a":1}}})";
    const auto first = read(answer(call + ',' + call + ',' + named + ',' + named));
    QVERIFY(first);
    QSet<QByteArray> ids;
    for (const AnsweredToolCall &toolCall : first->completion->toolCalls)
        ids.insert(toolCall.id);
    QCOMPARE(ids.size(), 4);
    QVERIFY(ids.contains("x"));
    QVERIFY(first->completion->toolCalls[0].id.startsWith("call_"));
    // The next answer of the conversation makes others, the same answer the same.
    const auto again = read(answer(call));
    QCOMPARE(again->completion->toolCalls[0].id, first->completion->toolCalls[0].id);
    const auto other = read(answer(call).replace("\"r1\"", "\"r2\""));
    QVERIFY(!ids.contains(other->completion->toolCalls[0].id));
}

void AnswerReaderTest::takesLongIdsForNone()
{
    const QByteArray longest(256, 'x');
    const QByteArray call = R"({"functionCall":{"id":"xx","name":"f"}})";
    const auto named = [&](const QByteArray &id) {
        return answer(call).replace("xx", id).replace("r1", id).replace("gemini-z", id);
    };
    const auto kept = read(named(longest));
    QVERIFY(kept);
    QCOMPARE(kept->completion->id, longest);
    QCOMPARE(kept->completion->model, longest);
    QCOMPARE(kept->completion->toolCalls[0].id, longest);
    const auto tooLong = read(named(longest + 'x'));
    QVERIFY(tooLong);
    QCOMPARE(tooLong->completion->id, "");
    QCOMPARE(tooLong->completion->model, "");
    QVERIFY(tooLong->completion->toolCalls[0].id.startsWith("call_"));
}

void AnswerReaderTest::citesByCharacters_data()
{
    QTest::addColumn<QByteArray>("grounding");
    QTest::addColumn<QByteArrayList>("expected");
    const auto citation = [](int begin, int end, const QByteArray &page) {
        return R"({"type":"url_citation","url_citation":{"start_index":)" + QByteArray::number(begin) +
               R"(,"end_index":)" + QByteArray::number(end) + R"(,"url":"https://)" + page + R"(","title":")" + page +
               R"("}})";
    };
    const QByteArray chunks =
        R"("groundingChunks":[{"web":{"uri":"https://a","title":"a"}},{"web":{"uri":"https://b","title":"b"}},{"maps":{}}])";
    const auto row = [&](const char *name, const QByteArray &supports, QByteArrayList expected) {
        QTest::newRow(name) << '{' + chunks + supports + '}' << std::move(expected);
    };
    // The text is "Grüße. Ü!" (12 bytes): "Ü!" is the bytes [9, 12), the characters [7, 9).
    row("behind letters of two bytes",
        R"(,"groundingSupports":[{"segment":{"startIndex":9,"endIndex":12,"text":"Ü!"},"groundingChunkIndices":[1]}])",
        {citation(7, 9, "b")});
    row("without the quoted text",
        R"(,"groundingSupports":[{"segment":{"startIndex":9,"endIndex":12},"groundingChunkIndices":[1]}])",
        {citation(7, 9, "b")});
    row("offsets of another text",
        R"(,"groundingSupports":[{"segment":{"endIndex":3,"text":"Ü!"},"groundingChunkIndices":[0]}])",
        {citation(7, 9, "a")});
    row("sorted by place, several pages",
        R"(,"groundingSupports":[{"segment":{"startIndex":9,"endIndex":12},"groundingChunkIndices":[0]},)"
        R"({"segment":{"endIndex":8},"groundingChunkIndices":[1,0]}])",
        {citation(0, 6, "b"), citation(0, 6, "a"), citation(7, 9, "a")});
    row("no supports", "", {citation(0, 9, "a"), citation(0, 9, "b")});
    row("odd",
        R"(,"groundingSupports":[7,{"segment":{"startIndex":-5,"endIndex":99999},"groundingChunkIndices":[0,-1,2,9,"x"]},)"
        R"({"segment":{"text":"elsewhere"},"groundingChunkIndices":[0]}])",
        {citation(0, 9, "a")});
    QTest::newRow("none") << QByteArray("{}") << QByteArrayList();
}

void AnswerReaderTest::citesByCharacters()
{
    QFETCH(const QByteArray, grounding);
    QFETCH(const QByteArrayList, expected);
    const QByteArray body =
        R"({"candidates":[{"content":{"parts":[{"text":"Grüße. "},{"text":"Ü!"}]},"finishReason":"STOP","groundingMetadata":)" +
        grounding + "}]}";
    const auto result = read(body, R"(,"tools":[{"type":"google_search"}])");
    QVERIFY(result);
    QCOMPARE(QByteArrayList(result->completion->annotations.begin(), result->completion->annotations.end()), expected);
}

void AnswerReaderTest::passesOnErrorsOfStatus200()
{
    const auto result =
        read(R"({"error":{"code":503,"message":"AIza-canary-0123456789 overloaded","status":"UNAVAILABLE"}})");
    QVERIFY(!result);
    QCOMPARE(httpStatus(result.error().error), 503);
    QCOMPARE(result.error().error.message, "*** overloaded");
    QCOMPARE(result.error().error.upstreamType, "UNAVAILABLE");
}

void AnswerReaderTest::readsHostileAnswersInLinearTime()
{
    const QByteArray call = R"({"functionCall":{"id":"x","name":"f"}},)";
    const QByteArray text = R"({"text":"abcdefgh"},)";
    const QByteArray support =
        R"({"segment":{"text":"zz"},"groundingChunkIndices":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]},)";
    QByteArray body = answer(call.repeated(50'000) + text.repeated(20'000).chopped(1));
    body.replace(R"("index":0)", R"("groundingMetadata":{"groundingChunks":[{},{}],"groundingSupports":[)" +
                                     support.repeated(10'000).chopped(1) + "]}");
    QElapsedTimer timer;
    timer.start();
    const auto result = read(body, R"(,"tools":[{"type":"google_search"}])");
    QVERIFY(result);
    QCOMPARE(result->completion->toolCalls.size(), 50'000);
    QVERIFY2(timer.elapsed() < 30'000, "more than 30 s");
}

// A piece takes hundreds of bytes where its text has one.
void AnswerReaderTest::keepsNoPiecesOfWholeAnswers()
{
    constexpr qsizetype kParts = 1'000'000;
    const QByteArray body = answer(QByteArray(R"({"text":"a"},)").repeated(kParts).chopped(1));
    const auto peak = [] {
        rusage used{};
        getrusage(RUSAGE_SELF, &used);
        return used.ru_maxrss / 1024; // MiB
    };
    const std::unique_ptr<ProviderCall> call = test::geminiCall(kProvider);
    // What parsing takes is not the reader's.
    QVERIFY(json::Document::parse(body));
    const auto before = peak();
    const auto result = call->readAnswer(body);
    QVERIFY(result);
    QCOMPARE(result->completion->text.size(), kParts);
    QVERIFY2(peak() - before < 200, "more than 200 MiB beside the parsed answer");
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::AnswerReaderTest)
#include "tst_answer_reader.moc"
