// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/observability/redaction.h"
#include "gateway/telemetry/otlp_payload.h"
#include "gateway/telemetry/span_writer.h"
#include "tests/support/json_path.h"
#include "tests/support/otlp_json.h"
#include "tests/unit/telemetry/traced_requests.h"

#include <QTest>

using namespace lunargate;
using namespace lunargate::test;

namespace {

std::vector<OtlpItem> spansOf(const TracedRequest &request, GenAiNames dialect = GenAiNames::V141,
                              bool mayTellContent = true)
{
    const NameTable &names = nameTable(dialect);
    const WrittenSpans spans = writeSpans(request, names, mayTellContent);
    const QByteArray payload = tracesPayload("[]", names, {spans.json});
    if (const QByteArray problem = otlpProblem("/v1/traces", payload); !problem.isEmpty())
        qWarning() << problem;
    std::vector<OtlpItem> read = otlpSpans(payload);
    if (std::ssize(read) != spans.count || spans.count != request.spanCount())
        qWarning() << "counted" << spans.count << "spans";
    return read;
}

} // namespace

/// What spans say of requests.
class SpanWriterTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void aRequestIsASpanAndEachAttemptOneBelowIt()
    {
        const std::vector<OtlpItem> spans = spansOf(tracedFallback());
        QCOMPARE(spans.size(), 3u);
        const OtlpItem &server = spans[0];
        QCOMPARE(server.text("traceId"), QByteArray("00000000000000010000000000000002"));
        QCOMPARE(server.text("spanId"), QByteArray("0000000000000003"));
        QCOMPARE(server.text("parentSpanId"), QByteArray("0000000000000004"));
        QCOMPARE(server.text("name"), QByteArray("POST /v1/chat/completions"));
        QCOMPARE(server.text("kind"), QByteArray("2"));
        QCOMPARE(server.text("flags"), QByteArray("769")); // sampled, and the parent is known to be remote
        QCOMPARE(server.text("startTimeUnixNano"), QByteArray("1700000000000000000"));
        QCOMPARE(server.text("endTimeUnixNano"), QByteArray("1700000002000000000"));
        QVERIFY(!server.json.contains(u"status"));
        QCOMPARE(server.attribute("lunargate.attempts"), QByteArray("2"));
        QCOMPARE(server.attribute("lunargate.fallback_used"), QByteArray("true"));

        const OtlpItem &failed = spans[1];
        QCOMPARE(failed.text("name"), QByteArray("chat gpt-known"));
        QCOMPARE(failed.text("kind"), QByteArray("3"));
        QCOMPARE(failed.text("spanId"), QByteArray("0000000000000006"));
        QCOMPARE(failed.text("parentSpanId"), server.text("spanId"));
        QCOMPARE(failed.json[u"status"][u"code"].toInt(), 2);
        QCOMPARE(failed.attribute("error.type"), QByteArray("503"));
        QCOMPARE(failed.attribute("gen_ai.provider.name"), QByteArray("openai"));
        QCOMPARE(failed.attribute("server.address"), QByteArray("api.openai.test"));
        QCOMPARE(failed.attribute("server.port"), QByteArray("443"));
        QVERIFY(!failed.hasAttribute("gen_ai.usage.input_tokens"));
        QVERIFY(!failed.hasAttribute("gen_ai.response.id"));

        const OtlpItem &answered = spans[2];
        QCOMPARE(answered.text("name"), QByteArray("chat spare-known"));
        QCOMPARE(answered.text("startTimeUnixNano"), QByteArray("1700000000500000000"));
        QCOMPARE(answered.attribute("gen_ai.provider.name"), QByteArray("gcp.gemini"));
        QCOMPARE(answered.attribute("server.address"), QByteArray("127.0.0.1"));
        QCOMPARE(answered.attribute("server.port"), QByteArray("8181"));
        QCOMPARE(answered.attribute("gen_ai.response.model"), QByteArray("a-model-of-the-day"));
        QCOMPARE(answered.attribute("gen_ai.response.finish_reasons"), QByteArray("stop"));
        QCOMPARE(answered.attribute("gen_ai.usage.input_tokens"), QByteArray("60")); // with cached ones
        QCOMPARE(answered.attribute("gen_ai.usage.output_tokens"), QByteArray("12"));
        QCOMPARE(answered.attribute("gen_ai.usage.cache_read.input_tokens"), QByteArray("20"));
        QCOMPARE(answered.attribute("gen_ai.usage.cache_creation.input_tokens"), QByteArray("30"));
        QCOMPARE(answered.attribute("gen_ai.usage.reasoning.output_tokens"), QByteArray("5"));
        QVERIFY(!answered.hasAttribute("gen_ai.request.stream"));
    }

    void aStreamTellsItsFirstChunk()
    {
        const OtlpItem call = spansOf(tracedStream())[1];
        QCOMPARE(call.attribute("gen_ai.request.stream"), QByteArray("true"));
        QCOMPARE(call.attribute("gen_ai.response.time_to_first_chunk"), QByteArray("0.5"));
    }

    void aCallTellsHowItGotToItsProvider()
    {
        TracedRequest request = tracedFallback();
        request.record.attemptRecords[0].phases = {.dns = 1ms, .connect = 20ms, .tls = 300ms, .firstByte = 4s};
        request.record.attemptRecords[1].phases = {.isReused = true, .firstByte = 250ms};
        const std::vector<OtlpItem> spans = spansOf(request);
        QCOMPARE(spans[1].attribute("lunargate.attempt.dns"), QByteArray("0.001"));
        QCOMPARE(spans[1].attribute("lunargate.attempt.connect"), QByteArray("0.02"));
        QCOMPARE(spans[1].attribute("lunargate.attempt.tls"), QByteArray("0.3"));
        QCOMPARE(spans[1].attribute("lunargate.attempt.first_byte"), QByteArray("4"));
        QVERIFY(!spans[1].hasAttribute("lunargate.attempt.connection_reused"));
        QCOMPARE(spans[2].attribute("lunargate.attempt.connection_reused"), QByteArray("true"));
        QCOMPARE(spans[2].attribute("lunargate.attempt.first_byte"), QByteArray("0.25"));
        for (const char *missing : {"dns", "connect", "tls"})
            QVERIFY(!spans[2].hasAttribute(QByteArray("lunargate.attempt.") + missing));
    }

    void whatNobodyTimedIsNotTold()
    {
        const OtlpItem call = spansOf(tracedChat())[1];
        for (const char *missing : {"connection_reused", "dns", "connect", "tls", "first_byte"})
            QVERIFY(!call.hasAttribute(QByteArray("lunargate.attempt.") + missing));
    }

    void whoseFaultItIsShows_data()
    {
        QTest::addColumn<int>("kind");
        QTest::addColumn<int>("upstreamStatus");
        QTest::addColumn<QByteArray>("errorType");
        QTest::addColumn<bool>("isServersFault");
        const auto row = [](const char *name, ErrorKind kind, int status, const char *type, bool isOurs) {
            QTest::newRow(name) << static_cast<int>(kind) << status << QByteArray(type) << isOurs;
        };
        row("wrong key", ErrorKind::InvalidKey, 0, "reason", false);
        row("client left", ErrorKind::ClientCancelled, 0, "reason", false);
        row("provider refused", ErrorKind::UpstreamStatus, 429, "429", false);
        row("provider broken", ErrorKind::UpstreamStatus, 500, "500", true);
        row("not reached", ErrorKind::UpstreamTransport, 0, "reason", true);
    }
    void whoseFaultItIsShows()
    {
        QFETCH(int, kind);
        QFETCH(int, upstreamStatus);
        QFETCH(QByteArray, errorType);
        QFETCH(bool, isServersFault);
        TracedRequest request = tracedRefusal();
        request.record.setError({.kind = static_cast<ErrorKind>(kind),
                                 .reason = "reason",
                                 .message = "text",
                                 .upstreamStatus = upstreamStatus});
        const OtlpItem server = spansOf(request)[0];
        QCOMPARE(server.attribute("error.type"), errorType);
        QCOMPARE(server.json.contains(u"status"), isServersFault);
    }

    void whatWasGivenUpIsNoError()
    {
        TracedRequest request = tracedFallback();
        request.record.attemptRecords[0].outcome = AttemptOutcome::Superseded;
        request.record.attemptRecords[0].status = 0;
        request.record.attemptRecords[0].errorReason = {};
        const OtlpItem given = spansOf(request)[1];
        QVERIFY(!given.json.contains(u"status"));
        QCOMPARE(given.attribute("error.type"), QByteArray("superseded"));
    }

    void contentIsToldWhereItMayBe_data()
    {
        QTest::addColumn<bool>("mayTell");
        QTest::newRow("on") << true;
        QTest::newRow("off by now") << false;
    }
    void contentIsToldWhereItMayBe()
    {
        QFETCH(bool, mayTell);
        TracedRequest request = tracedStream();
        request.content = std::make_unique<TracedContent>();
        request.content->setRequest(R"({"messages":[{"role":"user","content":"question"}]})");
        request.content->addFrames("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"ans\"}}]}\n\n");
        request.content->addFrames("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"wer\"},"
                                   "\"finish_reason\":\"stop\"}]}\n\n");
        request.parameters.stop = {"STOP"};
        const OtlpItem call = spansOf(request, GenAiNames::V141, mayTell)[1];
        QCOMPARE(call.hasAttribute("gen_ai.input.messages"), mayTell);
        QCOMPARE(call.hasAttribute("gen_ai.output.messages"), mayTell);
        QCOMPARE(call.hasAttribute("gen_ai.request.stop_sequences"), mayTell);
        QCOMPARE(writeSpans(request, nameTable(GenAiNames::V141), mayTell).hasContent, mayTell);
        if (!mayTell)
            return;
        QCOMPARE(textAt(call.attribute("gen_ai.input.messages"), "0.parts.0.content"), QByteArray("question"));
        QCOMPARE(textAt(call.attribute("gen_ai.output.messages"), "0.parts.0.content"), QByteArray("answer"));
        QCOMPARE(textAt(call.attribute("gen_ai.output.messages"), "0.finish_reason"), QByteArray("stop"));
    }

    void namesHaveNoSecretsAndAnEnd()
    {
        registerSecret(SecretString("registered-secret-72"));
        TracedRequest request = tracedChat();
        request.record.model = request.record.attemptRecords[0].model = "registered-secret-72";
        request.record.modelServed = QByteArray(5000, 'm');
        request.trace->state = "vendor=registered-secret-72";
        const std::vector<OtlpItem> spans = spansOf(request);
        QCOMPARE(spans[1].text("name"), QByteArray("chat ***"));
        QCOMPARE(spans[1].text("traceState"), QByteArray("vendor=***"));
        QCOMPARE(spans[0].attribute("lunargate.model"), QByteArray("***"));
        QCOMPARE(spans[1].attribute("gen_ai.response.model").size(), 1024);
        request.record.attemptRecords[0].model = QByteArray(5000, 'm');
        QCOMPARE(spansOf(request)[1].text("name").size(), 1024);
    }

    void clientsDoNotInventNames()
    {
        TracedRequest request = tracedRefusal();
        request.record.method = "INVENTED";
        request.record.path = "/v1/v1/v1/chat/completions";
        const OtlpItem server = spansOf(request)[0];
        QCOMPARE(server.text("name"), QByteArray("HTTP /v1/chat/completions"));
        QCOMPARE(server.attribute("http.request.method"), QByteArray("_OTHER"));
        QCOMPARE(server.attribute("http.route"), QByteArray("/v1/chat/completions"));
        QCOMPARE(server.attribute("url.path"), QByteArray("/v1/chat/completions"));
    }

    void topKHasTheTypeOfTheDialect()
    {
        TracedRequest request = tracedChat();
        request.parameters.topK = 40;
        for (const GenAiNames dialect : {GenAiNames::V141, GenAiNames::Latest}) {
            const QByteArray type = dialect == GenAiNames::Latest ? "intValue" : "doubleValue";
            QVERIFY(spansOf(request, dialect)[1].attributes().contains("gen_ai.request.top_k " + type));
        }
    }
};

QTEST_APPLESS_MAIN(SpanWriterTest)
#include "tst_span_writer.moc"
