// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/telemetry/genai_metrics.h"
#include "gateway/telemetry/message_content.h"
#include "gateway/telemetry/otlp_payload.h"
#include "gateway/telemetry/span_writer.h"
#include "tests/support/otlp_json.h"
#include "tests/unit/telemetry/traced_requests.h"

#include <QFile>
#include <QJsonArray>
#include <QTest>

#include <set>

using namespace lunargate;
using namespace lunargate::test;

namespace {

// With everything that can be told.
TracedRequest fullChat(const std::shared_ptr<const Config> &config)
{
    TracedRequest request = tracedStream(config);
    request.parameters = {.temperature = 0.5,
                          .topP = 0.9,
                          .topK = 40,
                          .frequencyPenalty = 0.1,
                          .presencePenalty = 0.2,
                          .maxTokens = 100,
                          .seed = 7,
                          .choices = 2,
                          .outputType = "json",
                          .reasoningEffort = "low",
                          .stop = {"END"}};
    request.content = std::make_unique<TracedContent>();
    const QByteArray large = "{\"role\":\"user\",\"content\":\"" + QByteArray(MessageContent::kLargest, 'x') + "\"}";
    request.content->request = "{\"messages\":[" + large + R"(,{"role":"user","content":"Hi"}]})";
    request.content->response =
        R"({"choices":[{"message":{"role":"assistant","content":"a"},"finish_reason":"stop"}]})";
    RequestRecord &record = request.record;
    record.client.session = "session";
    record.usage->isEstimated = true;
    record.cacheUse = CacheUse::Miss;
    record.fallbackUsed = record.isHedged = true;
    record.cost = Cost{.amount = Money(), .source = CostSource::Table};
    record.attemptRecords.front().waited = 1ms;
    record.attemptRecords.front().phases = {.dns = 1ms, .connect = 1ms, .tls = 1ms, .firstByte = 1ms};
    return request;
}

std::vector<TracedRequest> everything()
{
    const auto config = tracedConfig();
    std::vector<TracedRequest> requests;
    requests.push_back(fullChat(config));
    requests.push_back(tracedStream(config));
    requests.back().record.attemptRecords.front().phases = {.isReused = true};
    requests.push_back(tracedFallback(config));
    requests.push_back(tracedEmbeddings(config));
    requests.back().parameters = {.dimensions = 256, .encodingFormat = "float"};
    requests.push_back(tracedRefusal(config));
    return requests;
}

QByteArray boundsOf(const QJsonObject &metric)
{
    QByteArrayList bounds;
    for (const QJsonValue bound : metric[u"histogram"][u"dataPoints"][0][u"explicitBounds"].toArray())
        bounds += bound.toVariant().toByteArray();
    return bounds.join(' ');
}

/// Every name that is told, a line each, with what belongs to it.
QByteArray namesTold(GenAiNames dialect)
{
    const NameTable &names = nameTable(dialect);
    const QByteArray resource = resourceAttributes({}, names, "1");
    GenAiMetrics metrics(names, GenAiMetrics::Time(1s));
    std::vector<QByteArray> spans;
    for (const TracedRequest &request : everything()) {
        metrics.add(request);
        spans.push_back(writeSpans(request, names, true).json);
    }
    const QByteArray traces = tracesPayload(resource, names, spans);
    const QByteArray sums = metricsPayload(resource, names, metrics.json(GenAiMetrics::Time(2s)));
    if (const QByteArray problem = otlpProblem("/v1/traces", traces) + otlpProblem("/v1/metrics", sums);
        !problem.isEmpty())
        return problem;

    std::set<QByteArray> lines;
    for (const QByteArray &attribute : otlpResource(traces).attributes())
        lines.insert("resource " + attribute);
    for (const OtlpItem &span : otlpSpans(traces)) {
        for (const QByteArray &attribute : span.attributes())
            lines.insert("span " + attribute);
    }
    for (const OtlpItem &point : otlpPoints(sums)) {
        const QJsonObject &metric = point.metricJson;
        const bool isSum = metric.contains(u"sum");
        lines.insert("metric " + point.metric + (isSum ? " sum " : " histogram ") +
                     metric[u"unit"].toString().toUtf8() + (isSum ? QByteArray() : ' ' + boundsOf(metric)));
        for (const QByteArray &attribute : point.attributes())
            lines.insert("point " + point.metric + ' ' + attribute);
    }
    return QByteArrayList(lines.begin(), lines.end()).join('\n') + '\n';
}

} // namespace

/// The names of both dialects, as they are told. They are an interface: dashboards and alerts of users hang on them.
class NameTableTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void namesAreThoseOfTheConventions_data()
    {
        QTest::addColumn<GenAiNames>("dialect");
        QTest::addColumn<QString>("file");
        QTest::newRow("v1.41") << GenAiNames::V141 << QStringLiteral("names_v1.41.txt");
        QTest::newRow("latest") << GenAiNames::Latest << QStringLiteral("names_latest.txt");
    }
    void namesAreThoseOfTheConventions()
    {
        QFETCH(GenAiNames, dialect);
        QFETCH(QString, file);
        QFile golden(QStringLiteral(LUNARGATE_TEST_FOLDER "/") + file);
        QVERIFY(golden.open(QIODevice::ReadOnly));
        const QByteArrayList expected = golden.readAll().split('\n');
        const QByteArray told = namesTold(dialect);
        for (const QByteArray &line : told.split('\n'))
            QVERIFY2(expected.contains(line), line.constData());
        for (const QByteArray &line : expected)
            QVERIFY2(told.split('\n').contains(line), line.constData());
    }

    void servicesHaveTheConventionsNames_data()
    {
        QTest::addColumn<QByteArray>("type");
        QTest::addColumn<QByteArray>("name");
        const std::pair<const char *, const char *> kNames[] = {{"openai", "openai"},
                                                                {"anthropic", "anthropic"},
                                                                {"gemini", "gcp.gemini"},
                                                                {"gemini-openai", "gcp.gemini"},
                                                                {"azure", "azure.ai.openai"},
                                                                {"mistral", "mistral_ai"},
                                                                {"xai", "x_ai"},
                                                                {"groq", "groq"},
                                                                {"deepseek", "deepseek"},
                                                                {"perplexity", "perplexity"},
                                                                {"ollama", "ollama"},
                                                                {"simulator", "simulator"}};
        for (const auto &[type, name] : kNames)
            QTest::newRow(type) << QByteArray(type) << QByteArray(name);
    }
    void servicesHaveTheConventionsNames()
    {
        QFETCH(QByteArray, type);
        QFETCH(QByteArray, name);
        QCOMPARE(conventionalProvider(type), name);
    }
};

QTEST_APPLESS_MAIN(NameTableTest)
#include "tst_name_table.moc"
