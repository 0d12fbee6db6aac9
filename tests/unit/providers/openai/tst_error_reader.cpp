// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/openai/error_reader.h"

#include <QTest>

namespace lunargate {

class ErrorReaderTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void readsEveryShape_data();
    void readsEveryShape();
    void knowsWhatAnotherModelMightTake_data();
    void knowsWhatAnotherModelMightTake();
    void passesOpenAiErrorsToTheClient_data();
    void passesOpenAiErrorsToTheClient();
    void cutsLongTexts();
    void neverRepeatsTheKey_data();
    void neverRepeatsTheKey();
    void placeholderKeysBlotOutNothing();
    void readsRetryHints();
    void keepsTheStatus();
    void readsErrorObjectsOfStreams_data();
    void readsErrorObjectsOfStreams();
    void readsLongListsInLinearTime();
};

namespace {

const SecretString kKey{QByteArrayLiteral("sk-canary-0123456789")};

UpstreamFailure read(QByteArrayView body, int status = 400, const SecretString &key = kKey)
{
    return openai::readError({.status = status, .headers = {}}, body, key);
}

} // namespace

void ErrorReaderTest::readsEveryShape_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArrayList>("expected"); // message, type, code, param
    const auto row = [](const char *name, QByteArray body, QByteArrayList expected) {
        QTest::newRow(name) << std::move(body) << std::move(expected);
    };
    row("OpenAI", R"({"error":{"message":"m","type":"t","param":"p","code":"c"}})", {"m", "t", "c", "p"});
    row("OpenAI with nulls", R"({"error":{"message":"m","type":"t","param":null,"code":null}})", {"m", "t", "", ""});
    row("Gemini", R"({"error":{"code":400,"message":"m","status":"INVALID_ARGUMENT"}})",
        {"m", "upstream_error", "400", ""});
    row("Gemini in a list", R"([{"error":{"code":400,"message":"m"}}])", {"m", "upstream_error", "400", ""});
    row("Ollama", R"({"error":"model 'x' not found"})", {"model 'x' not found", "upstream_error", "", ""});
    row("xAI", R"({"code":"Some text","error":"m"})", {"m", "upstream_error", "Some text", ""});
    row("Mistral", R"({"object":"error","message":"m","type":"t","param":"p","code":"1"})", {"m", "t", "1", "p"});
    row("Mistral with details", R"({"message":{"detail":[{"msg":"a"},{"msg":"b"}]},"request_id":"r"})",
        {"a; b", "upstream_error", "", ""});
    row("FastAPI text", R"({"detail":"Not Found"})", {"Not Found", "upstream_error", "", ""});
    row("FastAPI list", R"({"detail":[{"loc":["body"],"msg":"field required"}]})",
        {"field required", "upstream_error", "", ""});
    row("HTML", "<html><h1>502 Bad Gateway</h1></html>\n",
        {"<html><h1>502 Bad Gateway</h1></html>", "upstream_error", "", ""});
    row("plain text", "  overloaded \n", {"overloaded", "upstream_error", "", ""});
    row("nothing", "", {"provider returned status 400", "upstream_error", "", ""});
    row("unknown JSON", R"({"foo":1})", {R"({"foo":1})", "upstream_error", "", ""});
    row("empty list", "[]", {"[]", "upstream_error", "", ""});
    row("odd types", R"({"error":{"message":7,"type":[],"code":1.5}})",
        {R"({"error":{"message":7,"type":[],"code":1.5}})", "upstream_error", "", ""});
    row("null error", R"({"error":null,"message":"m"})", {"m", "upstream_error", "", ""});
}

void ErrorReaderTest::readsEveryShape()
{
    QFETCH(const QByteArray, body);
    QFETCH(const QByteArrayList, expected);
    const UpstreamFailure failure = read(body);
    QCOMPARE((QByteArrayList{failure.error.message, errorType(failure.error), failure.error.upstreamCode,
                             failure.error.param}),
             expected);
    QCOMPARE(failure.error.kind, ErrorKind::UpstreamStatus);
    QVERIFY(failure.fromProvider);
}

void ErrorReaderTest::knowsWhatAnotherModelMightTake_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<Refusal>("refusal");
    const auto row = [](const char *name, QByteArray body, Refusal refusal) {
        QTest::newRow(name) << std::move(body) << refusal;
    };
    const auto saying = [](const QByteArray &message) { return R"({"error":{"message":")" + message + R"("}})"; };
    using enum Refusal;
    row("anything else", saying("temperature is too high"), None);
    row("no JSON", "<html>", None);
    row("OpenAI", R"({"error":{"message":"m","code":"context_length_exceeded"}})", ContextLength);
    row("DeepSeek", saying("This model's maximum context length is 131072 tokens. However, you requested 2"),
        ContextLength);
    row("xAI",
        R"({"code":"invalid","error":"This model's maximum prompt length is 131072 but the request contains 2"})",
        ContextLength);
    row("vLLM, flat", R"({"object":"error","message":"the maximum context length is 4096 tokens","code":400})",
        ContextLength);
    row("Together", R"({"detail":"`inputs` tokens + `max_new_tokens` must be <= 4097"})", ContextLength);
    row("Fireworks", saying("The prompt is too long: 2, model maximum context length: 1"), ContextLength);
    row("llama.cpp", R"({"error":{"code":400,"message":"m","type":"exceed_context_size_error"}})", ContextLength);
    row("OpenRouter", R"({"error":{"code":400,"message":"m","metadata":{"error_type":"context_length_exceeded"}}})",
        ContextLength);
    row("Azure", R"({"error":{"message":"m","code":"content_filter"}})", ContentFilter);
    row("Azure, only within",
        R"({"error":{"message":"m","code":"BadRequest","innererror":{"code":"ResponsibleAIPolicyViolation"}}})",
        ContentFilter);
    row("OpenAI, images", R"({"error":{"message":"m","code":"content_policy_violation"}})", ContentFilter);
    row("OpenRouter's moderation",
        R"({"error":{"code":403,"message":"m","metadata":{"reasons":["x"],"flagged_input":"y"}}})", ContentFilter);
}

void ErrorReaderTest::knowsWhatAnotherModelMightTake()
{
    QFETCH(const QByteArray, body);
    QFETCH(const Refusal, refusal);
    QCOMPARE(read(body).error.refusal, refusal);
}

void ErrorReaderTest::passesOpenAiErrorsToTheClient_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("expected");
    const QByteArray whole = R"({ "error":{"message":"m","type":"t","param":null,"code":null,"new":1.50}, "id":"x"})";
    QTest::newRow("whole: byte for byte") << whole << whole;
    QTest::newRow("missing members are added")
        << QByteArray(R"({"error":{"message":"m","code":400,"metadata":{}}})")
        << QByteArray(R"({"error":{"message":"m","code":400,"metadata":{},"type":"upstream_error","param":null}})");
    QTest::newRow("in a list: not for clients") << QByteArray(R"([{"error":{"message":"m"}}])") << QByteArray();
    QTest::newRow("a text: not for clients") << QByteArray(R"({"error":"m"})") << QByteArray();
    QTest::newRow("no JSON") << QByteArray("oops") << QByteArray();
    QTest::newRow("two of them: not for clients")
        << QByteArray(R"({"error":{"message":"m"},"error":1})") << QByteArray();
}

void ErrorReaderTest::passesOpenAiErrorsToTheClient()
{
    QFETCH(const QByteArray, body);
    QFETCH(const QByteArray, expected);
    QCOMPARE(read(body).body, expected);
}

void ErrorReaderTest::cutsLongTexts()
{
    QCOMPARE(read(QByteArray(100'000, 'x')).error.message.size(), 2048);
}

void ErrorReaderTest::neverRepeatsTheKey_data()
{
    QTest::addColumn<QByteArray>("body");
    const QByteArray key = kKey.reveal();
    QTest::newRow("in the message") << R"({"error":{"message":"Incorrect API key: )" + key + R"("}})";
    QTest::newRow("everywhere") << R"({"error":{"message":"a","type":")" + key + R"(","param":")" + key +
                                       R"(","code":")" + key + R"("}})";
    QTest::newRow("in a member's name") << R"({"error":{"message":"a","type":"b",")" + key + R"(":1}})";
    QTest::newRow("in plain text") << "key " + key + " is wrong";
    QTest::newRow("in details") << R"({"detail":[{"msg":")" + key + R"("}]})";
}

void ErrorReaderTest::neverRepeatsTheKey()
{
    QFETCH(const QByteArray, body);
    const UpstreamFailure failure = read(body, 401);
    const QByteArray all = failure.body + failure.error.message + failure.error.reason + failure.error.param +
                           failure.error.upstreamType + failure.error.upstreamCode + failure.error.detail;
    QVERIFY(!all.contains(kKey.reveal()));
    QVERIFY(all.contains("***"));
}

void ErrorReaderTest::placeholderKeysBlotOutNothing()
{
    const QByteArray body = R"({"error":{"message":"no x here","type":"t","param":null,"code":null}})";
    for (const char *placeholder : {"x", "none", "e"}) {
        const UpstreamFailure failure = read(body, 400, SecretString(placeholder));
        QCOMPARE(failure.error.message, "no x here");
        QCOMPARE(failure.body, body);
    }
    // One that happens to be a member's name must at least not break anything.
    const UpstreamFailure failure = read(body, 400, SecretString("\"error\""));
    QCOMPARE(failure.body, "");
    QCOMPARE(failure.error.message, "no x here");
}

void ErrorReaderTest::readsRetryHints()
{
    const UpstreamFailure failure =
        openai::readError({.status = 429, .headers = {{"Retry-After", "7"}, {"X-Should-Retry", "false"}}}, "{}", kKey);
    QCOMPARE(failure.error.retryAfter, std::chrono::seconds(7));
    QCOMPARE(failure.shouldRetry, false);
    QVERIFY(failure.headers.contains("Retry-After"));
    QVERIFY(!read("{}").error.retryAfter);
    QVERIFY(!read("{}").shouldRetry);
}

void ErrorReaderTest::keepsTheStatus()
{
    QCOMPARE(httpStatus(read("{}", 418).error), 418);
    QCOMPARE(httpStatus(read("{}", 599).error), 599);
    QCOMPARE(httpStatus(read("{}", 999).error), 502);
    QCOMPARE(errorType(read("{}", 429).error), "rate_limit_error");
}

void ErrorReaderTest::readsErrorObjectsOfStreams_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<int>("status");
    QTest::newRow("status as code") << QByteArray(R"({"code":503,"message":"m"})") << 503;
    QTest::newRow("status as text") << QByteArray(R"({"code":"429","message":"m"})") << 429;
    QTest::newRow("no status") << QByteArray(R"({"code":"server_error","message":"m"})") << 502;
    QTest::newRow("a code that is no error status") << QByteArray(R"({"code":200,"message":"m"})") << 502;
    QTest::newRow("a large code") << QByteArray(R"({"code":4294967696,"message":"m"})") << 502;
    QTest::newRow("text") << QByteArray("\"m\"") << 502;
}

void ErrorReaderTest::readsErrorObjectsOfStreams()
{
    QFETCH(const QByteArray, json);
    QFETCH(const int, status);
    const auto document = json::Document::parse(json);
    QVERIFY(document);
    const UpstreamFailure failure = openai::readErrorObject(document->root(), 0, kKey);
    QCOMPARE(failure.error.message, "m");
    QCOMPARE(httpStatus(failure.error), status);
    QVERIFY(failure.fromProvider);
}

void ErrorReaderTest::readsLongListsInLinearTime()
{
    // As much as an error's body may hold: quadratic steps would take minutes.
    const UpstreamFailure failure = read("{\"detail\":[" + QByteArray("{},").repeated(300'000) + "{\"msg\":\"m\"}]}");
    QCOMPARE(failure.error.message, "m");
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::ErrorReaderTest)
#include "tst_error_reader.moc"
