// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/observability/access_log.h"

#include "gateway/json/document.h"
#include "gateway/observability/logging.h"
#include "gateway/observability/redaction.h"
#include "gateway/observability/request_record.h"
#include "tests/unit/observability/standard_error_capture.h"

#include <QTest>

using namespace lunargate;
using namespace lunargate::test;
using namespace std::chrono_literals;

namespace {

RequestRecord answeredChat()
{
    RequestRecord record{.requestId = "req-1",
                         .clientRequestId = "mine",
                         .method = "POST",
                         .path = "/v1/chat/completions",
                         .endpoint = "chat_completions",
                         .asksModel = true,
                         .caller = "app",
                         .route = "default",
                         .provider = "openai",
                         .model = "gpt-4o",
                         .stream = true,
                         .attempts = 2,
                         .retries = 1,
                         .status = 200,
                         .bytesIn = 120,
                         .bytesOut = 4'096};
    record.usage = Usage{.input = 12, .output = 40};
    record.firstByteAt = record.startedAt + 250ms;
    record.finishedAt = record.startedAt + 1500500us;
    return record;
}

/// What is written for `record`.
QByteArrayList written(const RequestRecord &record, LogFormat format, LogLevel level = LogLevel::Info)
{
    StandardErrorCapture capture;
    installLogging(level, format);
    logAccess(record);
    return capture.lines();
}

} // namespace

class tst_access_log : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void tellsAllOfARequestInOneLine();
    void jsonHasTheSameMembers();
    void aRefusedRequestHasNoEmptyFields();
    void theQueryIsNotLogged();
    void whatTheClientChoseIsBoundedAndEscaped();
    void aKeyAtTheCutIsNotHalfWritten();
    void tellsTheCost_data();
    void tellsTheCost();
    void isSilentAboveInfo();
};

void tst_access_log::tellsAllOfARequestInOneLine()
{
    const QByteArrayList lines = written(answeredChat(), LogFormat::Console);
    QCOMPARE(lines.size(), 1);
    QCOMPARE(
        lines.first().sliced(lines.first().indexOf(' ')),
        QByteArray(
            " INFO  [access] request request_id=req-1 client_request_id=mine method=POST "
            "path=/v1/chat/completions endpoint=chat_completions caller=app route=default provider=openai model=gpt-4o "
            "status=200 duration_ms=1500.5 first_byte_ms=250 stream=true attempts=2 fallback=false "
            "tokens_in=12 tokens_out=40 bytes_in=120 bytes_out=4096"));
}

void tst_access_log::jsonHasTheSameMembers()
{
    RequestRecord record = answeredChat();
    record.setError({.kind = ErrorKind::UpstreamTimeout, .reason = "read_timeout", .message = "The provider is slow."});
    const QByteArrayList lines = written(record, LogFormat::Json);
    QCOMPARE(lines.size(), 1);
    const auto document = json::Document::parse(lines.first());
    QVERIFY(document.has_value());
    const json::Value root = document->root();
    QCOMPARE(root["category"].toByteArray(), QByteArray("access"));
    QCOMPARE(root["request_id"].toByteArray(), QByteArray("req-1"));
    QCOMPARE(root["error"].toByteArray(), QByteArray("read_timeout"));
    QCOMPARE(root["status"].integer(), 502);
    QCOMPARE(root["attempts"].integer(), 2);
    QCOMPARE(root["duration_ms"].number(), 1500.5);
    QCOMPARE(root["tokens_out"].integer(), 40);
    QCOMPARE(root["stream"].boolean(), true);
}

void tst_access_log::aRefusedRequestHasNoEmptyFields()
{
    RequestRecord record{.requestId = "req-2", .method = "GET", .path = "/nowhere"};
    record.setError({.kind = ErrorKind::NotFound, .reason = "not_found", .message = "There is no such path."});
    record.finishedAt = record.startedAt + 42us;
    const QByteArrayList lines = written(record, LogFormat::Console);
    QCOMPARE(lines.size(), 1);
    QCOMPARE(lines.first().sliced(lines.first().indexOf('[')),
             QByteArray("[access] request request_id=req-2 method=GET path=/nowhere error=not_found status=404 "
                        "duration_ms=0.042 bytes_in=0 bytes_out=0"));
}

void tst_access_log::theQueryIsNotLogged()
{
    RequestRecord record = answeredChat();
    record.path = "/v1/models?key=private";
    const QByteArray line = written(record, LogFormat::Console).join('\n');
    QVERIFY(line.contains(" path=/v1/models "));
    QVERIFY(!line.contains("private"));
}

void tst_access_log::whatTheClientChoseIsBoundedAndEscaped()
{
    RequestRecord record = answeredChat();
    record.clientRequestId = "a\n2026-01-01T00:00:00.000Z ERROR [app] forged";
    record.path = "/" + QByteArray(50'000, 'p');
    record.model = QByteArray(50'000, 'm');
    const QByteArrayList lines = written(record, LogFormat::Console);
    QCOMPARE(lines.size(), 1);
    QVERIFY(lines.first().contains(R"(client_request_id="a\n2026-01-01T00:00:00.000Z ERROR [app] forged")"));
    QVERIFY(lines.first().contains(" model=" + QByteArray(200, 'm') + "... "));
    QVERIFY(lines.first().size() < 1'000);
}

void tst_access_log::aKeyAtTheCutIsNotHalfWritten()
{
    registerSecret(SecretString("canary-in-a-model-name"));
    RequestRecord record = answeredChat();
    record.model = QByteArray(190, 'm') + "canary-in-a-model-name" + QByteArray(100, 'm');
    const QByteArray line = written(record, LogFormat::Console, LogLevel::Trace).join('\n');
    QVERIFY(line.contains("mmm***mmm"));
    QVERIFY(!line.contains("canary"));
}

void tst_access_log::tellsTheCost_data()
{
    QTest::addColumn<Cost>("cost");
    QTest::addColumn<QByteArray>("fields");
    QTest::newRow("by the table") << Cost{Money::fromDollars(0.00043), CostSource::Table}
                                  << QByteArray("cost_usd=0.00043 cost_source=table");
    QTest::newRow("nothing") << Cost{Money(), CostSource::Provider} << QByteArray("cost_usd=0 cost_source=provider");
    QTest::newRow("unknown") << Cost() << QByteArray("tokens_out=40 cost_source=unknown");
}

void tst_access_log::tellsTheCost()
{
    QFETCH(Cost, cost);
    QFETCH(QByteArray, fields);
    RequestRecord record = answeredChat();
    record.cost = cost;
    const QByteArray line = written(record, LogFormat::Console).join();
    QVERIFY2(line.contains(fields), line.constData());
    QVERIFY(!line.contains("cost_saved_usd"));
    record.savedCost = Money::fromDollars(0.5);
    QVERIFY(written(record, LogFormat::Console).join().contains("cost_saved_usd=0.5"));
}

void tst_access_log::isSilentAboveInfo()
{
    QVERIFY(written(answeredChat(), LogFormat::Console, LogLevel::Warning).isEmpty());
}

QTEST_GUILESS_MAIN(tst_access_log)
#include "tst_access_log.moc"
