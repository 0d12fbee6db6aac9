// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/resilience/breaker_verdict.h"

#include <QTest>

namespace lunargate {

class BreakerVerdictTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void blamesWhoeverIsToBlame_data();
    void blamesWhoeverIsToBlame();
    void countsOnlyWhatItIsToldTo_data();
    void countsOnlyWhatItIsToldTo();
};

namespace {

Error failure(ErrorKind kind, const char *reason = "r")
{
    return {.kind = kind, .reason = reason, .message = "m"};
}

Error status(int status, const char *code = "")
{
    return {.kind = ErrorKind::UpstreamStatus,
            .reason = "upstream_error",
            .message = "m",
            .upstreamStatus = status,
            .upstreamCode = code};
}

Error inStream(const char *type, const char *code = "")
{
    return {.kind = ErrorKind::UpstreamProtocol,
            .reason = "upstream_error",
            .message = "m",
            .upstreamType = type,
            .upstreamCode = code};
}

} // namespace

void BreakerVerdictTest::blamesWhoeverIsToBlame_data()
{
    using Verdict = BreakerVerdict;
    QTest::addColumn<Error>("error");
    QTest::addColumn<Verdict>("verdict");
    const auto row = [](const char *name, const Error &error, Verdict verdict) {
        QTest::newRow(name) << error << verdict;
    };
    // The provider's own.
    for (const int code : {500, 501, 502, 503, 504, 520, 529})
        row(QByteArray::number(code).constData(), status(code), Verdict::Failure);
    row("not reached", failure(ErrorKind::UpstreamTransport, "connect_error"), Verdict::Failure);
    row("no such name", failure(ErrorKind::UpstreamTransport, "dns_error"), Verdict::Failure);
    row("connect timeout", failure(ErrorKind::UpstreamTimeout, "connect_timeout"), Verdict::Failure);
    row("header timeout", failure(ErrorKind::UpstreamTimeout, "header_timeout"), Verdict::Failure);
    row("first byte timeout", failure(ErrorKind::UpstreamTimeout, "first_byte_timeout"), Verdict::Failure);
    row("silence in a stream", failure(ErrorKind::UpstreamTimeout, "idle_timeout"), Verdict::Failure);
    row("a stream that broke", failure(ErrorKind::UpstreamTransport, "connection_reset"), Verdict::Failure);
    row("a stream without an end", failure(ErrorKind::UpstreamProtocol, "upstream_incomplete"), Verdict::Failure);
    row("an answer without sense", failure(ErrorKind::UpstreamProtocol, "upstream_invalid_answer"), Verdict::Failure);
    row("overloaded, inside a stream", inStream("overloaded_error"), Verdict::Failure);
    row("an error without words inside a stream", inStream(""), Verdict::Failure);
    // It wants a pause.
    row("429", status(429), Verdict::CoolDown);
    row("429 without credit", status(429, "insufficient_quota"), Verdict::CoolDown);
    row("429 inside a stream", inStream("rate_limit_error"), Verdict::CoolDown);
    // The client's, the key's, the model's.
    for (const int code : {400, 401, 402, 403, 404, 408, 409, 413, 422, 451})
        row(QByteArray::number(code).constData(), status(code), Verdict::Neutral);
    row("a mistake told inside a stream", inStream("invalid_request_error"), Verdict::Neutral);
    row("too long, told inside a stream", inStream("", "context_length_exceeded"), Verdict::Neutral);
    row("content refused inside a stream", inStream("", "content_filter"), Verdict::Neutral);
    Error filtered = failure(ErrorKind::UpstreamProtocol, "upstream_error");
    filtered.refusal = Refusal::ContentFilter;
    row("an answer that a filter left nothing of", filtered, Verdict::Neutral);
    row("the request's own deadline", failure(ErrorKind::DeadlineExceeded, "request_timeout"), Verdict::Neutral);
    row("the client's mistake", failure(ErrorKind::InvalidRequest, "invalid_tool_arguments"), Verdict::Neutral);
    row("the client left", failure(ErrorKind::ClientCancelled, "client_cancelled"), Verdict::Neutral);
    row("the client has used up its share", failure(ErrorKind::RateLimited), Verdict::Neutral);
    // Ours.
    row("circuit open", failure(ErrorKind::Overloaded, "circuit_open"), Verdict::Neutral);
    row("queue full", failure(ErrorKind::Overloaded, "provider_queue_full"), Verdict::Neutral);
    row("a fault of ours", failure(ErrorKind::Internal, "internal_error"), Verdict::Neutral);
    row("no such protocol", failure(ErrorKind::UpstreamProtocol, "provider_not_supported"), Verdict::Neutral);
}

void BreakerVerdictTest::blamesWhoeverIsToBlame()
{
    QFETCH(const Error, error);
    QFETCH(const BreakerVerdict, verdict);
    QCOMPARE(breakerVerdict(error, {}), verdict);
}

void BreakerVerdictTest::countsOnlyWhatItIsToldTo_data()
{
    QTest::addColumn<Error>("error");
    QTest::addColumn<CountedErrors>("without");
    QTest::newRow("5xx") << status(503) << CountedErrors{.serverError = false};
    QTest::newRow("timeout") << failure(ErrorKind::UpstreamTimeout) << CountedErrors{.timeout = false};
    QTest::newRow("transport") << failure(ErrorKind::UpstreamTransport) << CountedErrors{.transport = false};
    QTest::newRow("protocol") << failure(ErrorKind::UpstreamProtocol) << CountedErrors{.protocol = false};
}

void BreakerVerdictTest::countsOnlyWhatItIsToldTo()
{
    QFETCH(const Error, error);
    QFETCH(const CountedErrors, without);
    QCOMPARE(breakerVerdict(error, {}), BreakerVerdict::Failure);
    QCOMPARE(breakerVerdict(error, without), BreakerVerdict::Neutral);
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::BreakerVerdictTest)
#include "tst_breaker_verdict.moc"
