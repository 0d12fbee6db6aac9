// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/openai_responses/error_reader.h"

#include <QTest>

namespace lunargate {

class ResponsesErrorReaderTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void readsErrorEvents_data();
    void readsErrorEvents();
    void readsFailedResponses_data();
    void readsFailedResponses();
    void readsHowLongToWait_data();
    void readsHowLongToWait();
};

namespace {

const SecretString kKey{QByteArrayLiteral("sk-canary-0123456789")};

// What a client and the retry decision get to see.
QByteArray describe(const Error &error)
{
    return QByteArray::number(error.upstreamStatus) + ' ' + errorType(error) + ' ' + error.upstreamCode + ' ' +
           error.param + ": " + error.message;
}

} // namespace

void ResponsesErrorReaderTest::readsErrorEvents_data()
{
    QTest::addColumn<QByteArray>("event");
    QTest::addColumn<QByteArray>("error");
    const auto row = [](const char *name, QByteArray event, QByteArray error) {
        QTest::newRow(name) << std::move(event) << std::move(error);
    };
    row("flat", R"({"type":"error","sequence_number":2,"code":"server_error","message":"m","param":"p"})",
        "500 upstream_error server_error p: m");
    row("nested",
        R"({"type":"error","sequence_number":2,"error":{"type":"insufficient_quota","code":"insufficient_quota","message":"m","param":null}})",
        "429 insufficient_quota insufficient_quota : m");
    row("known by its type only", R"({"type":"error","error":{"type":"invalid_request_error","message":"m"}})",
        "400 invalid_request_error  : m");
    row("a status beside it", R"({"type":"error","status":403,"error":{"code":"x","message":"m"}})",
        "403 upstream_error x : m");
    row("a number as code", R"({"type":"error","code":503,"message":"m"})", "503 upstream_error 503 : m");
    row("an unknown code", R"({"type":"error","code":"x","message":"m"})", "0 provider_error x : m");
    row("a text", R"({"type":"error","error":"m"})", "0 provider_error  : m");
    row("nothing", R"({"type":"error"})", "0 provider_error  : the provider reported an error");
    row("nonsense", R"({"type":"error","code":{},"message":[1],"param":7,"status":"no"})",
        "0 provider_error  : the provider reported an error");
    row("the key in it", R"({"type":"error","code":"server_error","message":"bad sk-canary-0123456789"})",
        "500 upstream_error server_error : bad ***");
}

void ResponsesErrorReaderTest::readsErrorEvents()
{
    QFETCH(const QByteArray, event);
    QFETCH(const QByteArray, error);
    const std::optional<json::Document> document = json::Document::parse(event);
    QCOMPARE(describe(openai_responses::readErrorEvent(document->root(), kKey)), error);
}

void ResponsesErrorReaderTest::readsFailedResponses_data()
{
    QTest::addColumn<QByteArray>("response");
    QTest::addColumn<QByteArray>("error");
    const auto row = [](const char *name, QByteArray response, QByteArray error) {
        QTest::newRow(name) << std::move(response) << std::move(error);
    };
    row("rate limit", R"({"status":"failed","error":{"code":"rate_limit_exceeded","message":"m"}})",
        "429 rate_limit_error rate_limit_exceeded : m");
    row("context", R"({"status":"failed","error":{"code":"context_length_exceeded","message":"m"}})",
        "400 upstream_error context_length_exceeded : m");
    row("overloaded", R"({"status":"failed","error":{"code":"server_is_overloaded","message":"m"}})",
        "503 upstream_error server_is_overloaded : m");
    row("no reason", R"({"status":"failed","error":null})", "0 provider_error  : the provider reported an error");
    row("cancelled", R"({"status":"cancelled","error":null})", "0 provider_error  : the provider cancelled the answer");
}

void ResponsesErrorReaderTest::readsFailedResponses()
{
    QFETCH(const QByteArray, response);
    QFETCH(const QByteArray, error);
    const std::optional<json::Document> document = json::Document::parse(response);
    QCOMPARE(describe(openai_responses::readResponseFailure(document->root(), kKey)), error);
}

void ResponsesErrorReaderTest::readsHowLongToWait_data()
{
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<int>("milliseconds"); // -1: it does not say
    QTest::newRow("seconds") << QByteArray("Limit reached. Please try again in 11.054s. Visit …") << 11054;
    QTest::newRow("milliseconds") << QByteArray("Please try again in 28ms.") << 28;
    QTest::newRow("minutes") << QByteArray("Please try again in 1m11.5s.") << 71500;
    QTest::newRow("words") << QByteArray("Please try again in 35 seconds.") << 35000;
    QTest::newRow("nothing") << QByteArray("Limit reached.") << -1;
    QTest::newRow("no number") << QByteArray("Please try again in a while") << -1;
    QTest::newRow("no unit") << QByteArray("Please try again in 5") << -1;
    QTest::newRow("too long") << QByteArray("Please try again in 99999999999999999999999s") << -1;
    QTest::newRow("dots") << QByteArray("Please try again in ...s") << -1;
}

void ResponsesErrorReaderTest::readsHowLongToWait()
{
    QFETCH(const QByteArray, message);
    QFETCH(const int, milliseconds);
    const QByteArray event = R"({"type":"error","code":"rate_limit_exceeded","message":")" + message + "\"}";
    const std::optional<json::Document> document = json::Document::parse(event);
    const Error error = openai_responses::readErrorEvent(document->root(), kKey);
    QCOMPARE(error.retryAfter ? error.retryAfter->count() : -1, milliseconds);
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::ResponsesErrorReaderTest)
#include "tst_error_reader.moc"
