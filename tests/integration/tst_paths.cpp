// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/gateway_fixture.h"
#include "tests/support/json_path.h"
#include "tests/support/raw_client.h"

#include <QJsonArray>
#include <QRegularExpression>
#include <QTest>

using namespace lunargate;
using namespace lunargate::test;

/// Which paths exist, in which spellings, with which methods.
class PathsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void chatPathIsFoundInEverySpelling_data()
    {
        QTest::addColumn<QByteArray>("path");
        for (const char *path : {"/v1/chat/completions", "/chat/completions", "/v1/v1/chat/completions",
                                 "/v1/chat/completions/", "/chat/completions/", "/v1/chat/completions?api-version=1"})
            QTest::newRow(path) << QByteArray(path);
    }

    void chatPathIsFoundInEverySpelling()
    {
        QFETCH(QByteArray, path);
        GatewayFixture fixture;
        QVERIFY(fixture.start());
        const HttpAnswer answer = fixture.client().post(path, chatBody("fake-model"));
        QVERIFY2(answer.status == 200, answer.summary().constData());
        QCOMPARE(fixture.upstream.lastRequest().path, "/v1/chat/completions");
    }

    void healthTellsVersionAndUptime()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start());
        const HttpAnswer answer = fixture.client().get("/health");
        QCOMPARE(answer.status, 200);
        QCOMPARE(textAt(answer.body, "status"), "healthy");
        QVERIFY(!textAt(answer.body, "version").isEmpty());
        QVERIFY(QRegularExpression(QStringLiteral("^(\\d+h)?(\\d+m)?\\d+s$"))
                    .match(QString::fromUtf8(textAt(answer.body, "uptime")))
                    .hasMatch());
        QCOMPARE(textAt(fixture.client().get("/ready").body, "status"), "ready");
    }

    void metricsAreText()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start());
        const HttpAnswer answer = fixture.client().get("/metrics");
        QCOMPARE(answer.status, 200);
        QVERIFY(answer.header("Content-Type").startsWith("text/plain"));
        QVERIFY(answer.body.contains("# TYPE "));
    }

    void modelListIsSortedAndEndsWithAuto()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start({.provider = "models:\n  mode: static\n  static: [zeta, org/alpha]"}));
        const HttpAnswer answer = fixture.client().get("/v1/models");
        QCOMPARE(answer.status, 200);
        QCOMPARE(textAt(answer.body, "object"), "list");
        QList<QByteArray> ids;
        for (const QJsonValue &model : jsonAt(answer.body, "data").toArray()) {
            ids.append(model[QLatin1StringView("id")].toString().toUtf8());
            QCOMPARE(model[QLatin1StringView("object")].toString(), QStringLiteral("model"));
            QVERIFY(model[QLatin1StringView("created")].toInt() > 0);
        }
        QCOMPARE(ids, (QList<QByteArray>{"fake/fake-model", "fake/org/alpha", "fake/zeta", "lunargate/auto"}));
        QCOMPARE(textAt(answer.body, "data.0.owned_by"), "fake");
        QCOMPARE(textAt(answer.body, "data.3.owned_by"), "lunargate");
    }

    void singleModelIsFoundEvenWithSlashes_data()
    {
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<QByteArray>("id");
        QTest::newRow("plain") << QByteArray("/v1/models/fake/zeta") << QByteArray("fake/zeta");
        QTest::newRow("two slashes") << QByteArray("/v1/models/fake/org/alpha") << QByteArray("fake/org/alpha");
        QTest::newRow("escaped slashes") << QByteArray("/v1/models/fake%2Forg%2Falpha") << QByteArray("fake/org/alpha");
        QTest::newRow("auto") << QByteArray("/v1/models/lunargate/auto") << QByteArray("lunargate/auto");
        QTest::newRow("unknown") << QByteArray("/v1/models/fake/unknown") << QByteArray();
    }

    void singleModelIsFoundEvenWithSlashes()
    {
        QFETCH(QByteArray, path);
        QFETCH(QByteArray, id);
        GatewayFixture fixture;
        QVERIFY(fixture.start({.provider = "models:\n  mode: static\n  static: [zeta, org/alpha]"}));
        const HttpAnswer answer = fixture.client().get(path);
        QVERIFY2(answer.status == (id.isEmpty() ? 404 : 200), answer.summary().constData());
        QCOMPARE(textAt(answer.body, "id"), id);
        if (id.isEmpty())
            QCOMPARE(errorShapeProblem(answer), "");
        else
            QCOMPARE(textAt(answer.body, "object"), "model");
    }

    void unknownPathGets404_data()
    {
        QTest::addColumn<QByteArray>("path");
        for (const char *path : {"/v1", "/v1/unknown", "/v1/chat", "/healthy", "/../health"})
            QTest::newRow(path) << QByteArray(path);
    }

    void unknownPathGets404()
    {
        QFETCH(QByteArray, path);
        GatewayFixture fixture;
        QVERIFY(fixture.start());
        const HttpAnswer answer = fixture.client().post(path, "{}");
        QVERIFY2(answer.status == 404, answer.summary().constData());
        QCOMPARE(errorShapeProblem(answer), "");
        QCOMPARE(textAt(answer.body, "error.type"), "invalid_request_error");
    }

    void wrongMethodGets405WithAllow_data()
    {
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<QByteArray>("allowed");
        QTest::newRow("GET chat") << QByteArray("GET") << QByteArray("/v1/chat/completions") << QByteArray("POST");
        QTest::newRow("DELETE chat") << QByteArray("DELETE") << QByteArray("/v1/chat/completions")
                                     << QByteArray("POST");
        QTest::newRow("POST models") << QByteArray("POST") << QByteArray("/v1/models") << QByteArray("GET");
        QTest::newRow("POST health") << QByteArray("POST") << QByteArray("/health") << QByteArray("GET");
    }

    void wrongMethodGets405WithAllow()
    {
        QFETCH(QByteArray, method);
        QFETCH(QByteArray, path);
        QFETCH(QByteArray, allowed);
        GatewayFixture fixture;
        QVERIFY(fixture.start());
        const HttpAnswer answer = fixture.client().request(method, path);
        QVERIFY2(answer.status == 405, answer.summary().constData());
        QCOMPARE(errorShapeProblem(answer), "");
        QVERIFY2(answer.header("Allow").split(',').first().trimmed() == allowed, answer.header("Allow").constData());
    }

    void headIsGetWithoutTheBody_data()
    {
        QTest::addColumn<QByteArray>("path");
        for (const char *path : {"/health", "/ready", "/v1/models", "/metrics"})
            QTest::newRow(path) << QByteArray(path);
    }

    void headIsGetWithoutTheBody()
    {
        QFETCH(QByteArray, path);
        GatewayFixture fixture;
        QVERIFY(fixture.start());
        RawClient client(fixture.port());
        client.sendRequest("HEAD", path);
        QVERIFY2(client.waitForAnswer(), client.answer().error().constData());
        QCOMPARE(client.answer().status(), 200);
        QVERIFY(client.answer().header("Content-Length").toInt() > 0);
        // The next answer begins at once: no body was sent.
        client.nextAnswer();
        client.sendRequest("GET", "/health");
        QVERIFY2(client.waitForAnswer(), client.answer().error().constData());
        QCOMPARE(client.answer().status(), 200);
    }

    void badJsonGets400_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("text") << QByteArray("hello");
        QTest::newRow("cut") << QByteArray(R"({"model":"fake-model","messages":[)");
        QTest::newRow("list") << QByteArray("[]");
        QTest::newRow("two values") << QByteArray(R"({"model":"fake-model","messages":[]}{"a":1})");
        QTest::newRow("garbage behind") << QByteArray(R"({"model":"fake-model","messages":[]} x)");
        QTest::newRow("not UTF-8") << QByteArray("{\"model\":\"fake-model\",\"user\":\"\xff\xfe\"}");
        QTest::newRow("model is a number") << QByteArray(R"({"model":3,"messages":[]})");
        QTest::newRow("stream is text") << QByteArray(R"({"model":"fake-model","stream":"yes","messages":[]})");
    }

    void badJsonGets400()
    {
        QFETCH(QByteArray, body);
        GatewayFixture fixture;
        QVERIFY(fixture.start());
        const HttpAnswer answer = fixture.chat(body);
        QVERIFY2(answer.status == 400, answer.summary().constData());
        QCOMPARE(errorShapeProblem(answer), "");
        QCOMPARE(textAt(answer.body, "error.type"), "invalid_request_error");
        QCOMPARE(fixture.upstream.requestCount(), 0);
    }
};

QTEST_GUILESS_MAIN(PathsTest)
#include "tst_paths.moc"
