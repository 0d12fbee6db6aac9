// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/json/document.h"
#include "gateway/providers/simulator/simulated_response.h"

#include <QDateTime>
#include <QTest>

using namespace lunargate;
using namespace lunargate::simulator;

namespace {

const QByteArray kHello = R"({"model":"m","messages":[{"role":"user","content":"hello"}]})";

UpstreamRequest makeRequest(const QByteArray &method, const QByteArray &path, const QByteArray &body = {})
{
    UpstreamRequest request;
    request.method = method;
    request.url = QUrl::fromEncoded("http://simulator/v1" + path);
    request.body = body;
    return request;
}

QByteArray bodyOf(SimulatedResponse &response)
{
    QByteArray body;
    for (const Chunk &chunk : response.body)
        body += chunk.bytes;
    return body;
}

} // namespace

class TestSimulatedResponse : public QObject
{
    Q_OBJECT

private:
    SimulatorConfig m_config;
    ModelList m_models{{"m", "vendor/large"}};

    SimulatedResponse answerTo(const UpstreamRequest &request)
    {
        FaultSequence statuses({});
        return respond(request, m_models, m_config, statuses);
    }

private Q_SLOTS:
    void init()
    {
        QTest::failOnWarning();
        m_config = {};
        m_models = {{"m", "vendor/large"}};
    }

    void answersEndpoints_data()
    {
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("member"); // of the answer
        const auto row = [](const char *name, const char *method, const char *path, const QByteArray &body, int status,
                            const char *member) {
            QTest::addRow("%s", name) << QByteArray(method) << QByteArray(path) << body << status << QByteArray(member);
        };
        row("chat", "POST", "/chat/completions", kHello, 200, "choices");
        row("embeddings", "POST", "/embeddings", R"({"model":"e","input":"x"})", 200, "data");
        row("models", "GET", "/models", {}, 200, "data");
        row("a model", "GET", "/models/m", {}, 200, "owned_by");
        row("a model with a slash", "GET", "/models/vendor/large", {}, 200, "owned_by");
        row("a model with an escaped slash", "GET", "/models/vendor%2Flarge", {}, 200, "owned_by");
        row("broken chat", "POST", "/chat/completions", "{", 400, "error");
        row("broken embeddings", "POST", "/embeddings", "{}", 400, "error");
        row("unknown path", "POST", "/audio/speech", "{}", 404, "error");
        row("wrong method for chat", "GET", "/chat/completions", {}, 405, "error");
        row("wrong method for models", "POST", "/models", {}, 405, "error");
    }
    void answersEndpoints()
    {
        QFETCH(QByteArray, method);
        QFETCH(QByteArray, path);
        QFETCH(QByteArray, body);
        QFETCH(QByteArray, member);
        SimulatedResponse response = answerTo(makeRequest(method, path, body));
        QTEST(response.head.status, "status");
        QCOMPARE(response.head.headers.value("content-type"), "application/json");
        QVERIFY(response.head.headers.value("x-request-id")->startsWith("req_"));
        const QByteArray answer = bodyOf(response);
        const std::optional<json::Document> document = json::Document::parse(answer);
        QVERIFY2(document, answer.constData());
        QVERIFY2(document->root()[member].exists(), answer.constData());
    }

    void listsItsModels()
    {
        SimulatedResponse response = answerTo(makeRequest("GET", "/models"));
        const std::optional<json::Document> document = json::Document::parse(bodyOf(response));
        QVERIFY(document);
        QCOMPARE(document->root()["data"].size(), size_t(2));
        QCOMPARE(document->root()["data"].at(1)["id"].string(), "vendor/large");
    }

    void namesTheParameterOfABadRequest()
    {
        SimulatedResponse response = answerTo(makeRequest("POST", "/chat/completions", R"({"model":"m"})"));
        const std::optional<json::Document> document = json::Document::parse(bodyOf(response));
        QVERIFY(document);
        QCOMPARE(response.head.status, 400);
        QCOMPARE(document->root()["error"]["param"].string(), "messages");
        QCOMPARE(document->root()["error"]["type"].string(), "invalid_request_error");
    }

    void refusesUnknownModelsOnlyWhenToldTo_data()
    {
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<QByteArray>("body");
        QTest::addRow("chat") << QByteArray("POST") << QByteArray("/chat/completions")
                              << QByteArray(kHello).replace("\"m\"", "\"other\"");
        QTest::addRow("embeddings") << QByteArray("POST") << QByteArray("/embeddings")
                                    << QByteArray(R"({"model":"other","input":"x"})");
        QTest::addRow("models") << QByteArray("GET") << QByteArray("/models/other") << QByteArray();
    }
    void refusesUnknownModelsOnlyWhenToldTo()
    {
        QFETCH(QByteArray, method);
        QFETCH(QByteArray, path);
        QFETCH(QByteArray, body);
        const UpstreamRequest request = makeRequest(method, path, body);
        QCOMPARE(answerTo(request).head.status, 200);
        m_models.unknown = UnknownModels::Refuse;
        SimulatedResponse response = answerTo(request);
        QCOMPARE(response.head.status, 404);
        const std::optional<json::Document> document = json::Document::parse(bodyOf(response));
        QVERIFY(document);
        QCOMPARE(document->root()["error"]["code"].string(), "model_not_found");
        m_models.models.clear();
        QCOMPARE(answerTo(request).head.status, 200);
    }

    void streamsServerSentEvents()
    {
        SimulatedResponse response =
            answerTo(makeRequest("POST", "/chat/completions", QByteArray(kHello).insert(1, "\"stream\":true,")));
        QVERIFY(response.head.headers.value("content-type")->startsWith("text/event-stream"));
        QVERIFY(bodyOf(response).endsWith("data: [DONE]\n\n"));
    }

    void sameRequestGetsSameAnswer()
    {
        const auto answer = [this] {
            SimulatedResponse response = answerTo(makeRequest("POST", "/chat/completions", kHello));
            const std::optional<json::Document> document = json::Document::parse(bodyOf(response));
            const json::Value root = document->root();
            return response.head.headers.value("x-request-id").value() + root["id"].toByteArray() +
                   root["choices"].at(0)["message"]["content"].toByteArray();
        };
        QCOMPARE(answer(), answer());
    }

    void createdIsNow()
    {
        const qint64 before = QDateTime::currentSecsSinceEpoch();
        SimulatedResponse response = answerTo(makeRequest("POST", "/chat/completions", kHello));
        const std::optional<json::Document> document = json::Document::parse(bodyOf(response));
        QVERIFY(document);
        const qint64 created = document->root()["created"].integer().value_or(0);
        QVERIFY(created >= before && created <= QDateTime::currentSecsSinceEpoch());
    }

    void failsRequestsInTheConfiguredOrder()
    {
        m_config.retryAfter = 3s;
        FaultSequence statuses({503, 429, 200, 500});
        const UpstreamRequest chat = makeRequest("POST", "/chat/completions", kHello);
        const SimulatedResponse first = respond(chat, m_models, m_config, statuses);
        QCOMPARE(first.head.status, 503);
        QCOMPARE(first.head.headers.value("retry-after"), "3");
        QCOMPARE(respond(chat, m_models, m_config, statuses).head.status, 429);
        // A look at the models takes no part in the rehearsal.
        QCOMPARE(respond(makeRequest("GET", "/models"), m_models, m_config, statuses).head.status, 200);
        const SimulatedResponse third = respond(chat, m_models, m_config, statuses);
        QCOMPARE(third.head.status, 200);
        QVERIFY(!third.head.headers.contains("retry-after"));
        const UpstreamRequest embeddings = makeRequest("POST", "/embeddings", R"({"model":"e","input":"x"})");
        QCOMPARE(respond(embeddings, m_models, m_config, statuses).head.status, 500);
        QCOMPARE(respond(embeddings, m_models, m_config, statuses).head.status, 200);
    }
};

QTEST_APPLESS_MAIN(TestSimulatedResponse)
#include "tst_simulated_response.moc"
