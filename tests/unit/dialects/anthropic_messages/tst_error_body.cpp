// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/anthropic_messages/anthropic_messages_dialect.h"

#include <QTest>

namespace lunargate {

class MessagesErrorBodyTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void hasTheTypeOfItsStatus_data();
    void hasTheTypeOfItsStatus();
    void namesTheRequest();
    void saysThatAPromptIsTooLongInKnownWords();
    void saysThatThreadsAreNotSupportedAsTheSdkReadsIt();
    void isAnEventInStreams();
};

namespace {

const Dialect &dialect()
{
    return dialectOf(ChatProtocol::AnthropicMessages);
}

} // namespace

void MessagesErrorBodyTest::hasTheTypeOfItsStatus_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("type");
    const auto row = [](int status, const char *type) { QTest::addRow("%d", status) << status << QByteArray(type); };
    row(400, "invalid_request_error");
    row(401, "authentication_error");
    row(402, "billing_error");
    row(403, "permission_error");
    row(404, "not_found_error");
    row(409, "invalid_request_error");
    row(413, "request_too_large");
    row(422, "invalid_request_error");
    row(429, "rate_limit_error");
    row(500, "api_error");
    row(502, "api_error");
    row(503, "overloaded_error");
    row(504, "timeout_error");
    row(529, "overloaded_error");
}

void MessagesErrorBodyTest::hasTheTypeOfItsStatus()
{
    QFETCH(const int, status);
    QFETCH(const QByteArray, type);
    const Error error{
        .kind = ErrorKind::UpstreamStatus, .reason = "r", .message = "no \"luck\"", .upstreamStatus = status};
    QCOMPARE(dialect().errorBody(error),
             R"({"type":"error","error":{"type":")" + type + R"(","message":"no \"luck\""}})");
}

void MessagesErrorBodyTest::namesTheRequest()
{
    const Error error{.kind = ErrorKind::InvalidKey, .reason = "r", .message = "m"};
    QCOMPARE(
        dialect().identifiedErrorBody(error, "req-1"),
        QByteArray(R"({"type":"error","error":{"type":"authentication_error","message":"m"},"request_id":"req-1"})"));
}

void MessagesErrorBodyTest::saysThatAPromptIsTooLongInKnownWords()
{
    Error error{.kind = ErrorKind::UpstreamStatus,
                .reason = "r",
                .message = "maximum context length is 8192 tokens",
                .upstreamStatus = 400,
                .refusal = Refusal::ContextLength};
    QVERIFY(dialect().errorBody(error).contains(R"("message":"prompt is too long: maximum context)"));
    error.message = "prompt is too long: 9 tokens";
    QVERIFY(dialect().errorBody(error).contains(R"("message":"prompt is too long: 9 tokens")"));
}

void MessagesErrorBodyTest::saysThatThreadsAreNotSupportedAsTheSdkReadsIt()
{
    const Error error{.kind = ErrorKind::InvalidRequest, .reason = "thread_unsupported_request", .message = "m"};
    QCOMPARE(dialect().errorBody(error),
             R"({"type":"error","error":{"type":"invalid_request_error","message":"m",)"
             R"("details":{"error_code":"thread_unsupported_request","unsupported":["thread"]}}})");
}

void MessagesErrorBodyTest::isAnEventInStreams()
{
    const Error error{.kind = ErrorKind::UpstreamTransport, .reason = "r", .message = "gone"};
    QCOMPARE(dialect().errorFrame(error),
             QByteArray("event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"api_error\","
                        "\"message\":\"gone\"}}\n\n"));
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::MessagesErrorBodyTest)
#include "tst_error_body.moc"
