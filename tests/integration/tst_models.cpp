// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/gateway_fixture.h"
#include "tests/support/json_path.h"
#include "tests/support/raw_client.h"

#include <QJsonArray>
#include <QTest>

using namespace lunargate;
using namespace lunargate::test;

namespace {

Script list(const QByteArrayList &ids)
{
    QByteArray data;
    for (const QByteArray &id : ids)
        data += (data.isEmpty() ? "" : ",") + QByteArray(R"({"id":")") + id + R"(","object":"model","created":7})";
    return Script::json(200, R"({"object":"list","data":[)" + data + "]}");
}

Script held(const GatePointer &gate, const QByteArrayList &ids)
{
    const Script answer = list(ids);
    Script script;
    script.hold(gate);
    for (const Script::Step &step : answer.steps())
        script.wire(std::get<Script::Send>(step).bytes);
    return script;
}

QByteArrayList idsOf(const HttpAnswer &answer)
{
    QByteArrayList ids;
    for (const QJsonValue &model : jsonAt(answer.body, "data").toArray())
        ids << model[u"id"].toString().toUtf8();
    return ids;
}

/// A gateway whose provider `fake` is asked for its models.
struct Fixture : GatewayFixture
{
    bool start(const QByteArray &timeToLive = "10m", const QByteArray &more = {})
    {
        return GatewayFixture::start({.provider = "models:\n  mode: fetch\n  fetch: {ttl: " + timeToLive + "}" + more});
    }
    QByteArrayList models() const { return idsOf(client().get("/v1/models")); }
    int modelRequests() const
    {
        int count = 0;
        for (int i = 0; i < upstream.requestCount(); ++i)
            count += upstream.request(i).path == "/v1/models" ? 1 : 0;
        return count;
    }
};

const QByteArray kKnown = "fake/fake-model"; // what the configuration says by itself

} // namespace

/// `models.mode: fetch`: the model list is what providers say, and none of them can hold it up for long.
class ModelsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void listsAndFindsWhatTheProviderTells()
    {
        Fixture fixture;
        fixture.upstream.on("/v1/models", list({"b", "meta/llama"}));
        QVERIFY(fixture.start());
        QCOMPARE(fixture.models(), (QByteArrayList{"fake/b", kKnown, "fake/meta/llama", "lunargate/auto"}));
        const ReceivedRequest &request = fixture.upstream.lastRequest();
        QCOMPARE(request.method, "GET");
        QCOMPARE(request.header("Authorization"), QByteArray("Bearer ") + kProviderKey);
        const HttpAnswer one = fixture.client().get("/v1/models/fake/meta/llama");
        QCOMPARE(one.status, 200);
        QCOMPARE(jsonAt(one.body, "created").toInt(), 7);
        QCOMPARE(fixture.client().get("/v1/models/fake/c").status, 404);
        QCOMPARE(fixture.modelRequests(), 1);
    }

    void fetchedModelCanBeAskedForByItsId()
    {
        Fixture fixture;
        fixture.upstream.on("/v1/models", list({"meta/llama"}));
        QVERIFY(fixture.start());
        const QByteArray id = fixture.models().at(1);
        QCOMPARE(id, "fake/meta/llama");
        QCOMPARE(fixture.chat(chatBody(id)).status, 200);
        QCOMPARE(textAt(fixture.upstream.lastRequest().body, "model"), "meta/llama");
    }

    void createdIsTheTimeOfTheConfigurationWhereTheProviderTellsNone()
    {
        Fixture fixture;
        fixture.upstream.on("/v1/models", Script::json(200, R"({"data":[{"id":"a"},{"id":"b","created":0}]})"));
        QVERIFY(fixture.start());
        const QByteArray body = fixture.client().get("/v1/models").body;
        QCOMPARE(textAt(body, "data.3.id"), "lunargate/auto");
        QVERIFY(jsonAt(body, "data.3.created").toInteger() > 1'700'000'000);
        for (const char *created : {"data.0.created", "data.1.created"})
            QCOMPARE(jsonAt(body, created), jsonAt(body, "data.3.created"));
    }

    void providersAreAskedAtOnce()
    {
        FakeUpstream first;
        FakeUpstream second;
        const GatePointer firstGate = Gate::make();
        const GatePointer secondGate = Gate::make();
        first.on("/v1/models", held(firstGate, {"a"}));
        second.on("/v1/models", held(secondGate, {"b"}));
        GatewayProcess gateway;
        QVERIFY(gateway.start("providers:\n"
                              "  first: {type: openai, default_model: d, models: {mode: fetch}, base_url: \"" +
                              first.url() +
                              "\"}\n"
                              "  second: {type: openai, default_model: d, models: {mode: fetch}, base_url: \"" +
                              second.url() +
                              "\"}\n"
                              "routing:\n  routes: [{name: all, targets: [{provider: first}]}]\n"));
        RawClient client(gateway.port());
        client.sendRequest("GET", "/v1/models");
        // Both are asked before either has answered.
        QVERIFY(first.waitForRequests(1));
        QVERIFY(second.waitForRequests(1));
        secondGate->open();
        QVERIFY(second.waitForAnswer(0));
        QVERIFY(!client.answer().hasHead());
        firstGate->open();
        const HttpAnswer answer = HttpClient(gateway.port()).get("/v1/models");
        QCOMPARE(idsOf(answer), (QByteArrayList{"first/a", "first/d", "second/b", "second/d", "lunargate/auto"}));
        QVERIFY(client.waitForAnswer());
        QCOMPARE(first.requestCount() + second.requestCount(), 2);
    }

    void requestsThatComeMeanwhileShareTheCall()
    {
        Fixture fixture;
        const GatePointer gate = Gate::make();
        fixture.upstream.on("/v1/models", held(gate, {"a"}));
        QVERIFY(fixture.start());
        std::vector<std::unique_ptr<RawClient>> clients;
        for (int i = 0; i < 8; ++i) { // more than there are workers
            clients.push_back(std::make_unique<RawClient>(fixture.port()));
            clients.back()->sendRequest("GET", "/v1/models");
        }
        QVERIFY(fixture.upstream.waitForRequests(1));
        gate->open();
        for (const auto &client : clients)
            QVERIFY(client->waitForBody("fake/a"));
        QCOMPARE(fixture.modelRequests(), 1);
    }

    void oldListIsShownWhileANewOneIsFetched()
    {
        Fixture fixture;
        const GatePointer gate = Gate::make();
        fixture.upstream.enqueue(list({"old"}));
        fixture.upstream.enqueue(held(gate, {"new"}));
        fixture.upstream.on("/v1/models", list({"new"}));
        QVERIFY(fixture.start("1ms"));
        const QByteArrayList old = {kKnown, "fake/old", "lunargate/auto"};
        QCOMPARE(fixture.models(), old);
        QVERIFY(waitUntil([&] { return fixture.models() == old && fixture.modelRequests() == 2; }));
        QCOMPARE(fixture.models(), old);
        QCOMPARE(fixture.modelRequests(), 2); // one at a time
        gate->open();
        const QByteArrayList renewed = {kKnown, "fake/new", "lunargate/auto"};
        QVERIFY(waitUntil([&] { return fixture.models() == renewed; }));
    }

    void oldListStaysWhenTheProviderFails()
    {
        Fixture fixture;
        fixture.upstream.enqueue(list({"old"}));
        fixture.upstream.on("/v1/models", Script::json(500, R"({"error":{"message":"down"}})"));
        QVERIFY(fixture.start("1ms"));
        const QByteArrayList old = {kKnown, "fake/old", "lunargate/auto"};
        QCOMPARE(fixture.models(), old);
        QVERIFY(waitUntil([&] { return fixture.models() == old && fixture.modelRequests() >= 2; }));
        QVERIFY(fixture.gateway.waitForLog("model list not fetched"));
        QCOMPARE(fixture.models(), old);
    }

    void knownModelsAreShownWhenTheProviderFails_data()
    {
        QTest::addColumn<Script>("script");
        QTest::addColumn<QByteArray>("said"); // in the log
        QTest::newRow("wrong key") << Script::json(401, QByteArray("{\"error\":{\"message\":\"who is ") + kProviderKey +
                                                            "?\"}}")
                                   << QByteArray("who is ***?");
        QTest::newRow("no list") << Script::json(404, "Not here") << QByteArray("Not here");
        QTest::newRow("nonsense") << Script::json(200, "{}") << QByteArray("list of models cannot be read");
        QTest::newRow("broken connection") << Script().reset() << QByteArray("error=connection_");
        QTest::newRow("too slow") << Script::silence() << QByteArray("error=header_timeout");
    }

    void knownModelsAreShownWhenTheProviderFails()
    {
        QFETCH(const Script, script);
        QFETCH(const QByteArray, said);
        Fixture fixture;
        fixture.upstream.on("/v1/models", script);
        QVERIFY(fixture.start("10m", "\ntimeout: 100ms"));
        const QByteArrayList known = {kKnown, "lunargate/auto"};
        QCOMPARE(fixture.models(), known);
        QCOMPARE(fixture.models(), known); // at once, without asking again
        QCOMPARE(fixture.modelRequests(), 1);
        QVERIFY(fixture.gateway.waitForLog("model list not fetched"));
        QVERIFY2(fixture.gateway.log().contains(said), fixture.gateway.log().constData());
        QCOMPARE(fixture.gateway.log().count("model list not fetched"), 1);
        QVERIFY(!fixture.gateway.log().contains(kProviderKey));
    }

    void clientWaitsForSomeSecondsOnly()
    {
        Fixture fixture;
        const GatePointer gate = Gate::make();
        fixture.upstream.on("/v1/models", held(gate, {"late"}));
        QVERIFY(fixture.start());
        QCOMPARE(fixture.models(), (QByteArrayList{kKnown, "lunargate/auto"}));
        QVERIFY(!fixture.upstream.request(0).wasCancelled);
        gate->open();
        QVERIFY(waitUntil([&] { return fixture.models().contains("fake/late"); }));
        QCOMPARE(fixture.modelRequests(), 1);
    }

    void listIsFetchedAlsoIfTheClientLeaves()
    {
        Fixture fixture;
        const GatePointer gate = Gate::make();
        fixture.upstream.on("/v1/models", held(gate, {"a"}));
        QVERIFY(fixture.start());
        RawClient client(fixture.port());
        client.sendRequest("GET", "/v1/models");
        QVERIFY(fixture.upstream.waitForRequests(1));
        client.close();
        QVERIFY(fixture.gateway.waitForLog("client_cancelled"));
        gate->open();
        QVERIFY(fixture.upstream.waitForAnswer(0));
        QVERIFY(fixture.models().contains("fake/a"));
        QCOMPARE(fixture.modelRequests(), 1);
    }

    void gatewayEndsInTheMidstOfAFetch()
    {
        Fixture fixture;
        fixture.upstream.on("/v1/models", Script::silence());
        QVERIFY(fixture.start());
        RawClient client(fixture.port());
        client.sendRequest("GET", "/v1/models");
        QVERIFY(fixture.upstream.waitForRequests(1));
        client.close();
        QVERIFY(fixture.gateway.waitForLog("client_cancelled"));
        QCOMPARE(fixture.gateway.terminate(), 0);
        QVERIFY(fixture.upstream.waitForCancel(0));
    }

    void otherModesAskNobody()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start());
        QCOMPARE(idsOf(fixture.client().get("/v1/models")), (QByteArrayList{kKnown, "lunargate/auto"}));
        QCOMPARE(fixture.upstream.requestCount(), 0);
    }
};

QTEST_GUILESS_MAIN(ModelsTest)
#include "tst_models.moc"
