// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/gemini/error_reader.h"

#include <QTest>

namespace lunargate {

class ErrorReaderTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void readsEveryShape_data();
    void readsEveryShape();
    void tellsWrongKeys_data();
    void tellsWrongKeys();
    void readsRetryHints_data();
    void readsRetryHints();
    void neverRepeatsTheKey();
};

namespace {

const SecretString kKey{QByteArrayLiteral("AIza-canary-0123456789")};

UpstreamFailure read(QByteArrayView body, int status, const HeaderList &headers = {})
{
    return gemini::readError({.status = status, .headers = headers}, body, kKey);
}

} // namespace

void ErrorReaderTest::readsEveryShape_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArrayList>("expected"); // message, type, code
    const auto row = [](const char *name, int status, QByteArray body, QByteArrayList expected) {
        QTest::newRow(name) << status << std::move(body) << std::move(expected);
    };
    for (const auto &[status, type] : {std::pair(400, "INVALID_ARGUMENT"),
                                       {400, "FAILED_PRECONDITION"},
                                       {403, "PERMISSION_DENIED"},
                                       {404, "NOT_FOUND"},
                                       {429, "RESOURCE_EXHAUSTED"},
                                       {499, "CANCELLED"},
                                       {500, "INTERNAL"},
                                       {503, "UNAVAILABLE"},
                                       {504, "DEADLINE_EXCEEDED"}}) {
        row(type, status,
            R"({"error":{"code":)" + QByteArray::number(status) + R"(,"message":"m","status":")" + type + R"("}})",
            {"m", type, ""});
    }
    row("in a list", 400, R"([{"error":{"code":400,"message":"m","status":"INVALID_ARGUMENT"}}])",
        {"m", "INVALID_ARGUMENT", ""});
    row("with a reason", 403,
        R"({"error":{"code":403,"message":"m","status":"PERMISSION_DENIED","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"SERVICE_DISABLED"}]}})",
        {"m", "PERMISSION_DENIED", "SERVICE_DISABLED"});
    row("too much to read", 400,
        R"({"error":{"code":400,"message":"The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).","status":"INVALID_ARGUMENT"}})",
        {"The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).", "INVALID_ARGUMENT",
         "context_length_exceeded"});
    row("a text", 500, R"({"error":"boom"})", {"boom", "", ""});
    row("html", 502, "<html>Bad Gateway</html>", {"<html>Bad Gateway</html>", "", ""});
    row("nothing", 503, "", {"provider returned status 503", "", ""});
    row("odd", 500, R"({"error":{"message":7,"status":[],"details":{"a":1}}})",
        {R"({"error":{"message":7,"status":[],"details":{"a":1}}})", "", ""});
}

void ErrorReaderTest::readsEveryShape()
{
    QFETCH(const int, status);
    QFETCH(const QByteArray, body);
    QFETCH(const QByteArrayList, expected);
    const UpstreamFailure failure = read(body, status);
    QCOMPARE((QByteArrayList{failure.error.message, failure.error.upstreamType, failure.error.upstreamCode}), expected);
    QCOMPARE(httpStatus(failure.error), status);
    QVERIFY(failure.fromProvider);
    QVERIFY(failure.body.isEmpty()); // it is not the client's dialect
}

void ErrorReaderTest::tellsWrongKeys_data()
{
    QTest::addColumn<QByteArray>("error");
    QTest::addColumn<int>("expected");
    QTest::newRow("reason")
        << QByteArray(
               R"({"code":400,"message":"m","status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.rpc.LocalizedMessage"},{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID"}]})")
        << 401;
    QTest::newRow("message")
        << QByteArray(
               R"({"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT"})")
        << 401;
    QTest::newRow("another fault")
        << QByteArray(R"({"code":400,"message":"m","details":[{"@type":"google.rpc.ErrorInfo","reason":"X"}]})") << 400;
}

void ErrorReaderTest::tellsWrongKeys()
{
    QFETCH(const QByteArray, error);
    QFETCH(const int, expected);
    QCOMPARE(httpStatus(read("{\"error\":" + error + '}', 400).error), expected);
    const std::optional<json::Document> document = json::Document::parse(error);
    QVERIFY(document);
    QCOMPARE(httpStatus(gemini::readErrorObject(document->root(), kKey)), expected);
}

void ErrorReaderTest::readsRetryHints_data()
{
    QTest::addColumn<QByteArray>("details");
    QTest::addColumn<QByteArray>("header");
    QTest::addColumn<qint64>("ms"); // -1: none
    QTest::addColumn<bool>("isRefused");
    const QByteArray retry = R"({"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"34.4s"})";
    QTest::newRow("RetryInfo")
        << R"({"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{"quotaId":"GenerateRequestsPerMinutePerProject"}]},)" +
               retry
        << QByteArray() << qint64(34400) << false;
    QTest::newRow("the header goes first") << retry << QByteArray("2") << qint64(2000) << false;
    QTest::newRow("a quota of the day")
        << R"({"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{"quotaId":"GenerateRequestsPerDayPerProject"}]},)" +
               retry
        << QByteArray() << qint64(34400) << true;
    QTest::newRow("none") << QByteArray() << QByteArray() << qint64(-1) << false;
    QTest::newRow("odd") << QByteArray(R"({"@type":"google.rpc.RetryInfo","retryDelay":"-1s"},7)") << QByteArray()
                         << qint64(-1) << false;
    QTest::newRow("without a unit") << QByteArray(R"({"@type":"google.rpc.RetryInfo","retryDelay":"3"})")
                                    << QByteArray() << qint64(-1) << false;
}

void ErrorReaderTest::readsRetryHints()
{
    QFETCH(const QByteArray, details);
    QFETCH(const QByteArray, header);
    QFETCH(const qint64, ms);
    QFETCH(const bool, isRefused);
    HeaderList headers;
    if (!header.isEmpty())
        headers.add("Retry-After", header);
    const UpstreamFailure failure =
        read(R"({"error":{"code":429,"message":"m","status":"RESOURCE_EXHAUSTED","details":[)" + details + "]}}", 429,
             headers);
    QCOMPARE(failure.error.retryAfter ? failure.error.retryAfter->count() : -1, ms);
    QCOMPARE(failure.shouldRetry, isRefused ? std::optional(false) : std::nullopt);
}

void ErrorReaderTest::neverRepeatsTheKey()
{
    const UpstreamFailure failure = read(
        R"({"error":{"message":"AIza-canary-0123456789","status":"AIza-canary-0123456789","details":[{"@type":"google.rpc.ErrorInfo","reason":"AIza-canary-0123456789"}]}})",
        400);
    QCOMPARE(failure.error.message, "***");
    QCOMPARE(failure.error.upstreamType, "***");
    QCOMPARE(failure.error.upstreamCode, "***");
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::ErrorReaderTest)
#include "tst_error_reader.moc"
