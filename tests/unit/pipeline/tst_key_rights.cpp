// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/pipeline/gateway_in_memory.h"

namespace lunargate {

using test::GatewayInMemory;
using test::Script;

/// What a key may use, from a client's request to its answer.
class KeyRightsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void holdsThePlanAgainstTheKey_data();
    void holdsThePlanAgainstTheKey();
    void leavesOutFallbacks();
    void countsForEmbeddingsToo();
    void listsOnlyWhatTheKeyMayUse_data();
    void listsOnlyWhatTheKeyMayUse();
};

namespace {

const QByteArray kKey = "Authorization: Bearer client-key-1\r\n";

Config withRights(std::vector<QByteArray> routes, std::vector<QByteArray> models)
{
    Config config = test::twoProviders();
    config.retry.maxAttempts = 1;
    RouteConfig second = config.routing.routes.front();
    second.name = "second";
    second.headers = {{"x-team", "blue"}};
    second.targets = {{.provider = "two", .model = "m2"}};
    second.fallback = {};
    config.routing.routes.insert(config.routing.routes.begin(), second);
    config.routing.modelAliases = {{"fast", "one/m1"}, {"slow", "two/m2"}};
    config.security.enabled = true;
    config.security.provider = AuthProvider::ApiKey;
    config.security.keys.push_back({.name = "test",
                                    .value = SecretString("client-key-1"),
                                    .routes = std::move(routes),
                                    .models = std::move(models)});
    return config;
}

Script whole()
{
    return std::move(Script().bytes(test::kWholeAnswer));
}

} // namespace

void KeyRightsTest::holdsThePlanAgainstTheKey_data()
{
    QTest::addColumn<std::vector<QByteArray>>("routes");
    QTest::addColumn<std::vector<QByteArray>>("models");
    QTest::addColumn<QByteArray>("reason"); // empty: it is answered
    QTest::addColumn<QByteArray>("allowed");
    using Names = std::vector<QByteArray>;
    const auto row = [](const char *name, Names routes, Names models, QByteArray reason, QByteArray allowed = {}) {
        QTest::newRow(name) << std::move(routes) << std::move(models) << std::move(reason) << std::move(allowed);
    };
    row("no limits", {}, {}, "");
    row("this route", {"main"}, {}, "");
    row("another route", {"second"}, {}, "route_not_allowed", "second");
    row("this model", {}, {"one/m1"}, "");
    row("this model by its name", {}, {"m1"}, "");
    row("this provider", {}, {"one/*"}, "");
    row("another model", {}, {"m2", "one/m10"}, "model_not_allowed", "m2, one/m10");
    row("another provider", {}, {"two/*"}, "model_not_allowed", "two/*");
    row("this route, another model", {"main"}, {"m2"}, "model_not_allowed", "m2");
}

void KeyRightsTest::holdsThePlanAgainstTheKey()
{
    QFETCH(const std::vector<QByteArray>, routes);
    QFETCH(const std::vector<QByteArray>, models);
    QFETCH(const QByteArray, reason);
    QFETCH(const QByteArray, allowed);
    GatewayInMemory gateway({whole()}, withRights(routes, models));
    gateway.post(R"({"model":"m1","messages":[]})", kKey);
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.status(), reason.isEmpty() ? 200 : 403);
    QCOMPARE(gateway.error("code"), reason);
    QCOMPARE(gateway.transport->requests.size(), reason.isEmpty() ? 1U : 0U);
    QVERIFY2(gateway.error("message").endsWith(allowed), gateway.error("message").constData());
    QVERIFY(reason.isEmpty() || gateway.error("type") == "permission_error");
}

void KeyRightsTest::leavesOutFallbacks()
{
    test::expectFailedAttempts(1);
    GatewayInMemory gateway({Script(500), whole()}, withRights({}, {"m1"}));
    gateway.post(R"({"model":"m1","messages":[]})", kKey);
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.status(), 500);
    QCOMPARE(gateway.transport->requests.size(), 1U);
}

void KeyRightsTest::countsForEmbeddingsToo()
{
    GatewayInMemory gateway({}, withRights({}, {"m2"}));
    gateway.post(R"({"model":"one/m1","input":"a"})", kKey, "/v1/embeddings");
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.status(), 403);
    QCOMPARE(gateway.error("code"), "model_not_allowed");
}

void KeyRightsTest::listsOnlyWhatTheKeyMayUse_data()
{
    QTest::addColumn<std::vector<QByteArray>>("routes");
    QTest::addColumn<std::vector<QByteArray>>("models");
    QTest::addColumn<QByteArray>("listed");
    using Names = std::vector<QByteArray>;
    QTest::newRow("everything") << Names() << Names() << QByteArray("one/m1 two/m2 fast slow lunargate/auto");
    QTest::newRow("a model") << Names() << Names{"m2"} << QByteArray("two/m2 slow lunargate/auto");
    QTest::newRow("a provider") << Names() << Names{"one/*"} << QByteArray("one/m1 fast lunargate/auto");
    QTest::newRow("a route") << Names{"second"} << Names() << QByteArray("two/m2 slow lunargate/auto");
    QTest::newRow("nothing") << Names{"second"} << Names{"m1"} << QByteArray("lunargate/auto");
}

void KeyRightsTest::listsOnlyWhatTheKeyMayUse()
{
    QFETCH(const std::vector<QByteArray>, routes);
    QFETCH(const std::vector<QByteArray>, models);
    QFETCH(const QByteArray, listed);
    {
        GatewayInMemory gateway({}, withRights(routes, models));
        gateway.get("/v1/models", kKey);
        QTRY_VERIFY(gateway.isAnswered());
        QByteArrayList ids;
        const auto document = json::Document::parse(gateway.body());
        QVERIFY(document);
        for (const json::Value model : document->root()["data"].elements())
            ids.append(model["id"].toByteArray());
        QCOMPARE(ids.join(' '), listed);
    }
    GatewayInMemory gateway({}, withRights(routes, models));
    gateway.get("/v1/models/one/m1", kKey);
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.status(), listed.contains("one/m1") ? 200 : 404);
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::KeyRightsTest)
#include "tst_key_rights.moc"
