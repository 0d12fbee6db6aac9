// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/gateway_fixture.h"
#include "tests/support/json_path.h"

#include <QTest>

using namespace lunargate;
using namespace lunargate::test;

namespace {

/// Two providers, and the routes that a test gives.
QByteArray twoProviders(const FakeUpstream &first, const FakeUpstream &second, const QByteArray &routing)
{
    return "providers:\n"
           "  first: {type: openai, default_model: first-default, base_url: \"" +
           first.url() +
           "\"}\n"
           "  second: {type: openai, default_model: second-default, base_url: \"" +
           second.url() +
           "\"}\n"
           "retry: {initial_delay: 1ms, max_delay: 5ms}\n"
           "routing:\n" +
           indented(routing, 2);
}

struct TwoProviders
{
    FakeUpstream first;
    FakeUpstream second;
    GatewayProcess gateway;

    bool start(const QByteArray &routing) { return gateway.start(twoProviders(first, second, routing)); }
    HttpAnswer chat(const QByteArray &model = {}, const HeaderList &headers = {}) const
    {
        return HttpClient(gateway.port()).chat(chatBody(model), headers);
    }
    QByteArray modelSentTo(const FakeUpstream &upstream) const
    {
        return upstream.requestCount() ? textAt(upstream.lastRequest().body, "model") : QByteArray();
    }
};

const QByteArray kHeaderRoutes = R"(routes:
  - name: embeddings-only
    match: {path: /v1/embeddings}
    targets: [{provider: second, model: wrong}]
  - name: empty
    targets: []
  - name: tools
    match: {headers: {X-My-Own-Header: true, x-team: Red}}
    targets: [{provider: second, model: tools-model}]
  - name: default
    match: {path: /v1/chat}
    targets: [{provider: first, model: default-model}]
)";

} // namespace

/// Which route, provider and model serve a request.
class RoutingTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void firstMatchingRouteServes_data()
    {
        QTest::addColumn<HeaderList>("headers");
        QTest::addColumn<QByteArray>("route");
        QTest::newRow("no header: path prefix decides") << HeaderList() << QByteArray("default");
        // Any header can be matched, and an unquoted `true` means the text.
        QTest::newRow("both headers") << HeaderList{{"x-my-own-header", "true"}, {"X-Team", "Red"}}
                                      << QByteArray("tools");
        QTest::newRow("one of two headers") << HeaderList{{"X-My-Own-Header", "true"}} << QByteArray("default");
        QTest::newRow("another value") << HeaderList{{"X-My-Own-Header", "false"}, {"X-Team", "Red"}}
                                       << QByteArray("default");
        QTest::newRow("value in another case")
            << HeaderList{{"X-My-Own-Header", "true"}, {"X-Team", "red"}} << QByteArray("default");
    }

    void firstMatchingRouteServes()
    {
        QFETCH(HeaderList, headers);
        QFETCH(QByteArray, route);
        TwoProviders fixture;
        QVERIFY(fixture.start(kHeaderRoutes));
        const HttpAnswer answer = fixture.chat({}, headers);
        QVERIFY2(answer.status == 200, answer.summary().constData());
        QCOMPARE(answer.header("X-LunarGate-Route"), route);
        QCOMPARE(answer.header("X-LunarGate-Model"), route == "tools" ? "second/tools-model" : "first/default-model");
    }

    void requestedRouteIsServedOnlyIfItMatches_data()
    {
        QTest::addColumn<QByteArray>("route");
        QTest::addColumn<HeaderList>("more");
        QTest::addColumn<bool>("isServed");
        const HeaderList tools = {{"x-my-own-header", "true"}, {"X-Team", "Red"}};
        QTest::newRow("matches") << QByteArray("default") << HeaderList() << true;
        QTest::newRow("later route") << QByteArray("default") << tools << true;
        QTest::newRow("its headers are missing") << QByteArray("tools") << HeaderList() << false;
        QTest::newRow("unknown") << QByteArray("nowhere") << HeaderList() << false;
    }

    void requestedRouteIsServedOnlyIfItMatches()
    {
        QFETCH(QByteArray, route);
        QFETCH(HeaderList, more);
        QFETCH(bool, isServed);
        TwoProviders fixture;
        QVERIFY(fixture.start(kHeaderRoutes));
        more.add("X-LunarGate-Route", route);
        const HttpAnswer answer = fixture.chat({}, more);
        if (isServed) {
            QVERIFY2(answer.status == 200, answer.summary().constData());
            QCOMPARE(answer.header("X-LunarGate-Route"), route);
        } else {
            QVERIFY2(answer.status == 502 || answer.status == 400, answer.summary().constData());
            QCOMPARE(errorShapeProblem(answer), "");
            QCOMPARE(fixture.first.requestCount() + fixture.second.requestCount(), 0);
        }
    }

    void noRouteGets502RoutingError()
    {
        TwoProviders fixture;
        QVERIFY(
            fixture.start("routes:\n  - {name: other, match: {path: /v1/embeddings}, targets: [{provider: first}]}"));
        const HttpAnswer answer = fixture.chat();
        QVERIFY2(answer.status == 502, answer.summary().constData());
        QCOMPARE(textAt(answer.body, "error.type"), "routing_error");
    }

    void modelsAndProvidersAreFound_data()
    {
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<HeaderList>("headers");
        QTest::addColumn<QByteArray>("servedBy"); // what X-LunarGate-Model says; empty: 400
        const auto provider = [](const char *id) { return HeaderList{{"X-LunarGate-Provider", id}}; };
        const auto model = [](const char *id) { return HeaderList{{"X-LunarGate-Model", id}}; };
        QTest::newRow("plain name of a target") << QByteArray("m2") << HeaderList() << QByteArray("second/m2");
        QTest::newRow("canonical") << QByteArray("second/m2") << HeaderList() << QByteArray("second/m2");
        QTest::newRow("canonical with slashes")
            << QByteArray("second/org/m3") << HeaderList() << QByteArray("second/org/m3");
        QTest::newRow("plain name with a slash") << QByteArray("org/m3") << HeaderList() << QByteArray("second/org/m3");
        QTest::newRow("alias") << QByteArray("fast") << HeaderList() << QByteArray("second/m2");
        QTest::newRow("alias over header") << QByteArray("m1") << model("fast") << QByteArray("second/m2");
        QTest::newRow("model header wins") << QByteArray("m1") << model("second/m2") << QByteArray("second/m2");
        QTest::newRow("provider header, plain model")
            << QByteArray("m2") << provider("second") << QByteArray("second/m2");
        QTest::newRow("provider header, auto")
            << QByteArray("lunargate/auto") << provider("first") << QByteArray("first/m1");
        QTest::newRow("auto by header") << QByteArray("auto") << provider("lunargate") << QByteArray("*");
        QTest::newRow("model the route lacks") << QByteArray("unknown") << HeaderList() << QByteArray();
        QTest::newRow("model the provider's target lacks") << QByteArray("first/m2") << HeaderList() << QByteArray();
        QTest::newRow("unknown provider") << QByteArray("nobody/m1") << HeaderList() << QByteArray();
        QTest::newRow("unknown provider by header") << QByteArray() << provider("nobody") << QByteArray();
        QTest::newRow("provider and model contradict") << QByteArray("first/m1") << provider("second") << QByteArray();
    }

    void modelsAndProvidersAreFound()
    {
        QFETCH(QByteArray, model);
        QFETCH(HeaderList, headers);
        QFETCH(QByteArray, servedBy);
        TwoProviders fixture;
        QVERIFY(fixture.start("routes:\n"
                              "  - name: default\n"
                              "    targets:\n"
                              "      - {provider: first, model: m1}\n"
                              "      - {provider: second, model: m2}\n"
                              "      - {provider: second, model: org/m3}\n"
                              "model_aliases: {fast: second/m2}"));
        const HttpAnswer answer = fixture.chat(model, headers);
        if (servedBy.isEmpty()) {
            QVERIFY2(answer.status == 400, answer.summary().constData());
            QCOMPARE(errorShapeProblem(answer), "");
            QCOMPARE(textAt(answer.body, "error.type"), "invalid_request_error");
            QCOMPARE(fixture.first.requestCount() + fixture.second.requestCount(), 0);
            return;
        }
        QVERIFY2(answer.status == 200, answer.summary().constData());
        if (servedBy == "*")
            return;
        QCOMPARE(answer.header("X-LunarGate-Model"), servedBy);
        QCOMPARE(answer.header("X-LunarGate-Provider"), servedBy.split('/').first());
        // What is reported is what was sent.
        const FakeUpstream &upstream = servedBy.startsWith("first") ? fixture.first : fixture.second;
        QCOMPARE(fixture.modelSentTo(upstream), servedBy.mid(servedBy.indexOf('/') + 1));
    }

    void targetWithoutModelTakesAnyModelOfItsProvider()
    {
        TwoProviders fixture;
        QVERIFY(fixture.start("routes:\n  - {name: default, targets: [{provider: first}]}"));
        QCOMPARE(fixture.chat("some/new-model").status, 200); // `some` is no provider: all of it is the name
        QCOMPARE(fixture.modelSentTo(fixture.first), "some/new-model");
        QCOMPARE(fixture.chat("first/some/new-model").status, 200);
        QCOMPARE(fixture.modelSentTo(fixture.first), "some/new-model");
        QCOMPARE(fixture.chat("new-model").status, 200);
        QCOMPARE(fixture.modelSentTo(fixture.first), "new-model");
        QCOMPARE(fixture.chat().status, 200);
        QCOMPARE(fixture.modelSentTo(fixture.first), "first-default");
    }

    void providerIdsMayHaveCapitalsAndDots()
    {
        FakeUpstream upstream;
        GatewayProcess gateway;
        QVERIFY(gateway.start(
            "providers:\n  My.Provider: {type: openai, base_url: \"" + upstream.url() +
            "\"}\n"
            "routing:\n  routes:\n    - {name: default, targets: [{provider: My.Provider, model: m}]}\n"));
        const HttpAnswer answer = HttpClient(gateway.port()).chat(chatBody("My.Provider/m"));
        QVERIFY2(answer.status == 200, answer.summary().constData());
        QCOMPARE(answer.header("X-LunarGate-Provider"), "My.Provider");
    }
};

QTEST_GUILESS_MAIN(RoutingTest)
#include "tst_routing.moc"
