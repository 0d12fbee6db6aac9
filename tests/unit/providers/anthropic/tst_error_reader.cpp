// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/providers/anthropic/anthropic_testing.h"

#include <QTest>

using namespace std::chrono_literals;

namespace lunargate {

class ErrorReaderTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void readsBodies_data();
    void readsBodies();
    void readsRetryHints();
    void tellsThatTheConversationIsTooLong_data();
    void tellsThatTheConversationIsTooLong();
};

namespace {

UpstreamFailure read(int status, const QByteArray &body, HeaderList headers = {})
{
    return AnthropicProvider(test::anthropicConfig()).readError({status, std::move(headers)}, body);
}

} // namespace

void ErrorReaderTest::readsBodies_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<QByteArray>("type");
    const auto row = [](const char *name, int status, QByteArray body, QByteArray message, QByteArray type) {
        QTest::newRow(name) << status << std::move(body) << std::move(message) << std::move(type);
    };
    row("Anthropic", 400,
        R"({"type":"error","error":{"type":"invalid_request_error","message":"max_tokens: Field required"},"request_id":"req_1"})",
        "max_tokens: Field required", "invalid_request_error");
    row("overloaded", 529, R"({"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}})",
        "Overloaded", "overloaded_error");
    row("rate limit", 429, R"({"type":"error","error":{"type":"rate_limit_error","message":"Slower"}})", "Slower",
        "rate_limit_error");
    row("credit", 402, R"({"type":"error","error":{"type":"billing_error","message":"Pay"}})", "Pay", "billing_error");
    row("a text", 500, R"({"error":"oops"})", "oops", "");
    row("flat", 500, R"({"message":"oops"})", "oops", "");
    row("HTML", 502, "<html>Bad gateway</html>", "<html>Bad gateway</html>", "");
    row("empty", 503, "", "provider returned status 503", "");
    row("the key in it", 401,
        R"({"error":{"type":"authentication_error","message":"invalid sk-ant-canary-0123456789"}})", "invalid ***",
        "authentication_error");
    row("nonsense", 500, R"({"error":{"type":7,"message":["x"]}})", R"({"error":{"type":7,"message":["x"]}})", "");
}

void ErrorReaderTest::readsBodies()
{
    QFETCH(const int, status);
    QFETCH(const QByteArray, body);
    QFETCH(const QByteArray, message);
    QFETCH(const QByteArray, type);
    const UpstreamFailure failure = read(status, body);
    QCOMPARE(failure.error.message, message);
    QCOMPARE(failure.error.upstreamType, type);
    QCOMPARE(failure.error.upstreamStatus, status);
    QCOMPARE(httpStatus(failure.error), status);
    QVERIFY(failure.fromProvider);
}

void ErrorReaderTest::readsRetryHints()
{
    const UpstreamFailure failure =
        read(429, "{}", {{"retry-after", "7"}, {"x-should-retry", "false"}, {"request-id", "req_1"}});
    QCOMPARE(failure.error.retryAfter, std::optional<std::chrono::milliseconds>(7s));
    QCOMPARE(failure.shouldRetry, std::optional(false));
    QCOMPARE(failure.headers.value("request-id"), "req_1");
}

void ErrorReaderTest::tellsThatTheConversationIsTooLong_data()
{
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<QByteArray>("code");
    QTest::newRow("the prompt") << QByteArray("prompt is too long: 210000 tokens > 200000 maximum")
                                << QByteArray("context_length_exceeded");
    QTest::newRow("prompt and answer")
        << QByteArray("input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000")
        << QByteArray("context_length_exceeded");
    QTest::newRow("something else") << QByteArray("max_tokens: Field required") << QByteArray();
}

void ErrorReaderTest::tellsThatTheConversationIsTooLong()
{
    QFETCH(const QByteArray, message);
    QFETCH(const QByteArray, code);
    const UpstreamFailure failure =
        read(400, R"({"type":"error","error":{"type":"invalid_request_error","message":")" + message + "\"}}");
    QCOMPARE(failure.error.upstreamCode, code);
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::ErrorReaderTest)
#include "tst_error_reader.moc"
