// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/gateway_fixture.h"

#include <QTest>

using namespace lunargate;
using namespace lunargate::test;

namespace {

bool hasCorsHeader(const HttpAnswer &answer)
{
    return std::ranges::any_of(answer.headers, [](const HeaderList::Field &field) {
        return field.name.toLower().startsWith("access-control-");
    });
}

} // namespace

/// Web pages must not reach a gateway on the user's own machine: DNS rebinding (Host) and cross-site calls (Origin).
class HttpOriginsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void loopbackAcceptsOnlyItsOwnNames_data()
    {
        QTest::addColumn<QByteArray>("host");
        QTest::addColumn<int>("status");
        QTest::newRow("localhost") << QByteArray("localhost:PORT") << 200;
        QTest::newRow("localhost in capitals") << QByteArray("LocalHost:PORT") << 200;
        QTest::newRow("127.0.0.1") << QByteArray("127.0.0.1:PORT") << 200;
        QTest::newRow("::1") << QByteArray("[::1]:PORT") << 200;
        QTest::newRow("foreign") << QByteArray("evil.example:PORT") << 403;
        QTest::newRow("foreign without port") << QByteArray("evil.example") << 403;
        QTest::newRow("begins like localhost") << QByteArray("localhost.evil.example:PORT") << 403;
        QTest::newRow("user part") << QByteArray("localhost@evil.example:PORT") << 403;
        QTest::newRow("unspecified address") << QByteArray("0.0.0.0:PORT") << 403;
        QTest::newRow("configured") << QByteArray("gateway.internal:PORT") << 200;
        QTest::newRow("below a configured one") << QByteArray("x.gateway.internal:PORT") << 403;
    }

    void loopbackAcceptsOnlyItsOwnNames()
    {
        QFETCH(QByteArray, host);
        QFETCH(int, status);
        GatewayFixture fixture;
        QVERIFY(fixture.start({.server = "allowed_hosts: [gateway.internal]"}));
        host.replace("PORT", QByteArray::number(fixture.port()));
        for (const QByteArray &path : {QByteArray("/health"), QByteArray("/v1/models")})
            QCOMPARE(fixture.client().get(path, {{"Host", host}}).status, status);
        const HttpAnswer chat = fixture.chat(chatBody("fake-model"), {{"Host", host}});
        QVERIFY2(chat.status == status, chat.summary().constData());
        QCOMPARE(fixture.upstream.requestCount(), status == 200 ? 1 : 0);
        if (status == 403)
            QCOMPARE(errorShapeProblem(chat), "");
    }

    void noCorsHeadersByDefault()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start());
        for (const QByteArray &method : {QByteArray("GET"), QByteArray("OPTIONS")}) {
            const HttpAnswer answer = fixture.client().request(
                method, "/v1/models", {},
                {{"Origin", "https://evil.example"}, {"Access-Control-Request-Method", "POST"}});
            QVERIFY2(!hasCorsHeader(answer), answer.summary().constData());
            QVERIFY(answer.status != 204);
        }
    }

    void foreignPageReachesNoProvider()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start());
        // What a page can send without a preflight.
        const HttpAnswer answer =
            fixture.chat(chatBody("fake-model"), {{"Origin", "https://evil.example"}, {"Content-Type", "text/plain"}});
        QVERIFY2(answer.status == 403, answer.summary().constData());
        QCOMPARE(errorShapeProblem(answer), "");
        QCOMPARE(fixture.upstream.requestCount(), 0);
    }

    void configuredOriginGetsCorsHeaders()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start({.server = "cors_origins: [\"https://app.example\"]"}));
        const HttpAnswer answer = fixture.chat(chatBody("fake-model"), {{"Origin", "https://app.example"}});
        QVERIFY2(answer.status == 200, answer.summary().constData());
        QCOMPARE(answer.header("Access-Control-Allow-Origin"), "https://app.example");
        QVERIFY(answer.header("Vary").toLower().contains("origin"));
        QVERIFY(answer.header("Access-Control-Expose-Headers").toLower().contains("x-lunargate-request-id"));

        const HttpAnswer error = fixture.chat("nonsense", {{"Origin", "https://app.example"}});
        QCOMPARE(error.status, 400);
        QCOMPARE(error.header("Access-Control-Allow-Origin"), "https://app.example");
    }

    void preflightOfAConfiguredOriginIsAnswered()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start({.server = "cors_origins: [\"https://app.example\"]"}));
        const HttpAnswer answer =
            fixture.client().request("OPTIONS", "/v1/chat/completions", {},
                                     {{"Origin", "https://app.example"},
                                      {"Access-Control-Request-Method", "POST"},
                                      {"Access-Control-Request-Headers", "authorization,content-type,x-stainless-os"}});
        QVERIFY2(answer.status == 204 || answer.status == 200, answer.summary().constData());
        QCOMPARE(answer.header("Access-Control-Allow-Origin"), "https://app.example");
        QVERIFY(answer.header("Access-Control-Allow-Methods").contains("POST"));
        const QByteArray allowed = answer.header("Access-Control-Allow-Headers").toLower();
        for (const char *name : {"authorization", "content-type", "x-stainless-os"})
            QVERIFY2(allowed.contains(name), allowed.constData());
        QCOMPARE(fixture.upstream.requestCount(), 0);
    }

    // Every method that an endpoint answers to.
    void preflightAllowsWhatEndpointsAnswerTo()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start({.server = "cors_origins: [\"https://app.example\"]"}));
        for (const QByteArray &path : {QByteArray("/v1/files/file-1"), QByteArray("/v1/responses/resp_1")}) {
            const HttpAnswer preflight = fixture.client().request(
                "OPTIONS", path, {}, {{"Origin", "https://app.example"}, {"Access-Control-Request-Method", "DELETE"}});
            QCOMPARE(preflight.status, 204);
            const QByteArrayList allowed = preflight.header("Access-Control-Allow-Methods").split(',');
            const HttpAnswer refused = fixture.client().request("PATCH", path, "{}");
            QCOMPARE(refused.status, 405);
            for (const QByteArray &method : refused.header("Allow").split(',')) {
                QVERIFY2(std::ranges::any_of(
                             allowed, [&method](const QByteArray &one) { return one.trimmed() == method.trimmed(); }),
                         method.constData());
            }
        }
    }

    void otherOriginsGetNothingWhenOneIsConfigured()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start({.server = "cors_origins: [\"https://app.example\"]"}));
        const HttpAnswer answer = fixture.client().request(
            "OPTIONS", "/v1/chat/completions", {},
            {{"Origin", "https://app.example.evil.example"}, {"Access-Control-Request-Method", "POST"}});
        QVERIFY2(!hasCorsHeader(answer), answer.summary().constData());
        QCOMPARE(fixture.chat(chatBody("fake-model"), {{"Origin", "http://app.example"}}).status, 403);
        QCOMPARE(fixture.upstream.requestCount(), 0);
    }
};

QTEST_GUILESS_MAIN(HttpOriginsTest)
#include "tst_http_origins.moc"
