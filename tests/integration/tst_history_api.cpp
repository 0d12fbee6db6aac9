// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/gateway_fixture.h"
#include "tests/support/json_path.h"
#include "tests/support/raw_client.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QTest>

using namespace lunargate;
using namespace lunargate::test;
using namespace std::chrono_literals;

namespace {

QStringList idsOf(const QByteArray &page)
{
    QStringList ids;
    for (const QJsonValue &record : jsonAt(page, "data").toArray())
        ids.append(record[QLatin1String("id")].toString());
    return ids;
}

QString chatId(const GatewayFixture &fixture, const QByteArray &body = chatBody(), const HeaderList &headers = {})
{
    return QString::fromLatin1(fixture.chat(body, headers).header("X-LunarGate-Request-ID"));
}

} // namespace

/// The admin API of the history.
class GatewayHistoryApiTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void pagesGoOnWhileRequestsCome()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start());
        QStringList expected;
        for (int i = 0; i < 7; ++i)
            expected.prepend(chatId(fixture));
        QStringList found;
        QByteArray cursor;
        for (int page = 0; page < 10; ++page) {
            const HttpAnswer answer = fixture.client().get("/admin/v1/requests?limit=3" + cursor);
            QCOMPARE(answer.status, 200);
            found += idsOf(answer.body);
            const QByteArray next = textAt(answer.body, "next");
            if (next.isEmpty())
                break;
            cursor = "&cursor=" + next;
            chatId(fixture); // newer than what follows
        }
        QCOMPARE(found, expected);
    }

    void thoseUnderWayAreListed()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start());
        const auto running = [&] { return fixture.client().get("/admin/v1/requests/running").body; };
        QCOMPARE(running(), R"({"object":"list","data":[]})");
        const GatePointer gate = Gate::make();
        fixture.upstream.enqueue(Script::eventStream().content("So far, ").hold(gate).data("[DONE]").end());
        RawClient client(fixture.port());
        client.sendRequest("POST", "/v1/chat/completions", chatBody({}, R"("stream":true)"),
                           {{"User-Agent", "tool/1.0"}});
        QVERIFY(client.waitForBody("So far"));
        const QByteArray page = running();
        QCOMPARE(jsonAt(page, "data").toArray().size(), 1);
        QCOMPARE(textAt(page, "data.0.state"), "answering");
        QCOMPARE(textAt(page, "data.0.provider"), "fake");
        QCOMPARE(textAt(page, "data.0.user_agent"), "tool/1.0");
        QVERIFY(jsonAt(page, "data.0.estimated_tokens_out").toInt() > 0);
        QVERIFY(jsonAt(page, "data.0.ttft_ms").toDouble() <= jsonAt(page, "data.0.elapsed_ms").toDouble());
        gate->open();
        QVERIFY(client.waitForAnswer());
        QCOMPARE(running(), R"({"object":"list","data":[]})");
    }

    // Also where a secret looks like a part of the JSON.
    void thoseUnderWayAreListedWithoutSecrets()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start({.provider = "headers: {X-Api-Key: attempts}"}));
        const GatePointer gate = Gate::make();
        fixture.upstream.enqueue(Script::eventStream().content("So far, ").hold(gate).data("[DONE]").end());
        RawClient client(fixture.port());
        client.sendRequest("POST", "/v1/chat/completions", chatBody({}, R"("stream":true)"),
                           {{"User-Agent", "attempts/1.0"}});
        QVERIFY(client.waitForBody("So far"));
        const QByteArray page = fixture.client().get("/admin/v1/requests/running").body;
        QCOMPARE(textAt(page, "data.0.user_agent"), "***/1.0");
        QCOMPARE(jsonAt(page, "data.0.attempts").toInt(), 1);
        gate->open();
        QVERIFY(client.waitForAnswer());
    }

    void aFilterChooses()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start());
        const QString good = chatId(fixture, chatBody(), {{"User-Agent", "tool one/1.0"}});
        const QString bad = chatId(fixture, "{");
        const auto find = [&](const QByteArray &filter) {
            return idsOf(fixture.client().get("/admin/v1/requests?filter=" + filter.toPercentEncoding()).body);
        };
        QCOMPARE(find("status:>=400"), QStringList(bad));
        QCOMPARE(find("provider:fake client:\"tool one*\""), QStringList(good));
        QCOMPARE(find(""), QStringList({bad, good}));
        QCOMPARE(find("provider:other"), QStringList());
    }

    void mistakesAreTold_data()
    {
        QTest::addColumn<QByteArray>("target");
        QTest::addColumn<QByteArray>("code");
        QTest::addColumn<QByteArray>("text");
        const auto row = [](const char *target, const char *code, const char *text) {
            QTest::newRow(target) << QByteArray(target) << QByteArray(code) << QByteArray(text);
        };
        row("requests?filter=provder:x", "invalid_filter", "did you mean 'provider'");
        row("requests?limit=0", "invalid_limit", "200");
        row("requests?limit=201", "invalid_limit", "200");
        row("requests?cursor=x", "invalid_cursor", "next");
        row("requests?format=xml", "invalid_format", "har");
        row("requests?format=curl", "invalid_format", "har");
        row("requests?page=2", "unknown_parameter", "cursor");
        row("requests?limit=1&limit=2", "repeated_parameter", "limit");
        row("stats?window=soon", "invalid_window", "15m");
        row("stats?by=colour", "invalid_group", "provider");
        row("events?filter=status:x", "invalid_filter", "status");
    }

    void mistakesAreTold()
    {
        QFETCH(const QByteArray, target);
        QFETCH(const QByteArray, code);
        QFETCH(const QByteArray, text);
        GatewayFixture fixture;
        QVERIFY(fixture.start());
        const HttpAnswer answer = fixture.client().get("/admin/v1/" + target);
        QCOMPARE(answer.status, 400);
        QCOMPARE(textAt(answer.body, "error.code"), code);
        QVERIFY2(textAt(answer.body, "error.message").contains(text), answer.body.constData());
        if (code == "invalid_filter")
            QVERIFY2(answer.body.contains("character"), answer.body.constData()); // the place
    }

    void attemptsTellOfKeptConnections()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start({.server = "workers: 1"})); // each has its own connections
        chatId(fixture);
        const QByteArray id = chatId(fixture).toLatin1();
        QCOMPARE(fixture.upstream.connectionCount(), 1);
        const QByteArray record = fixture.client().get("/admin/v1/requests/" + id).body;
        QCOMPARE(jsonAt(record, "attempts.0.phases.connection_reused"), QJsonValue(true));
        QVERIFY(jsonAt(record, "attempts.0.phases.dns_ms").isNull());
        QVERIFY(jsonAt(record, "attempts.0.phases.connect_ms").isNull());
        QVERIFY(jsonAt(record, "attempts.0.phases.first_byte_ms").toDouble() > 0);
    }

    void oneRecordTellsItsAttempts()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start());
        fixture.upstream.enqueue(Script::json(503, "{}"));
        fixture.upstream.enqueue(Script::chat());
        const QByteArray id = chatId(fixture).toLatin1();
        const QByteArray record = fixture.client().get("/admin/v1/requests/" + id).body;
        QCOMPARE(textAt(record, "id"), id);
        QCOMPARE(jsonAt(record, "attempts").toArray().size(), 2);
        QCOMPARE(textAt(record, "attempts.0.outcome"), QByteArray("server_error"));
        QCOMPARE(textAt(record, "attempts.1.outcome"), QByteArray("success"));
        QCOMPARE(jsonAt(record, "attempts.0.phases.connection_reused"), QJsonValue(false));
        QVERIFY(jsonAt(record, "attempts.0.phases.connect_ms").isDouble());
        QVERIFY(jsonAt(record, "attempts.0.phases.tls_ms").isNull());
        QVERIFY(jsonAt(record, "attempts.0.phases.first_byte_ms").toDouble() > 0);
        QVERIFY(jsonAt(record, "duration_ms").toDouble() > 0);
        QVERIFY(jsonAt(record, "usage.total").toInt() > 0);
        QVERIFY(jsonAt(record, "cost_usd").isNull()); // nobody knows
        QVERIFY(jsonAt(record, "messages").isUndefined());
        QCOMPARE(fixture.client().get("/admin/v1/requests/nobody").status, 404);
    }

    void requestsAddUp()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start());
        for (int i = 0; i < 3; ++i)
            chatId(fixture, chatBody(), {{"User-Agent", "one"}});
        chatId(fixture, "{", {{"User-Agent", "two"}});
        const QByteArray stats = fixture.client().get("/admin/v1/stats?window=15m&by=client").body;
        QCOMPARE(jsonAt(stats, "total.requests").toInt(), 4);
        QCOMPARE(jsonAt(stats, "total.errors").toInt(), 1);
        QCOMPARE(jsonAt(stats, "total.cost_unknown").toInt(), 3);
        QVERIFY(jsonAt(stats, "total.cost_usd").isNull());
        QVERIFY(jsonAt(stats, "total.tokens_in").toInt() > 0);
        QCOMPARE(textAt(stats, "groups.0.name"), QByteArray("one"));
        QCOMPARE(jsonAt(stats, "groups.0.requests").toInt(), 3);
        QVERIFY(jsonAt(stats, "groups.0.time_to_first_byte_p95_ms").toDouble() > 0);
        QCOMPARE(textAt(stats, "groups.1.name"), QByteArray("two"));
        QVERIFY(jsonAt(stats, "groups.1.time_to_first_byte_p50_ms").isNull());
        for (const char *by : {"provider", "model", "caller"})
            QCOMPARE(fixture.client().get(QByteArray("/admin/v1/stats?by=") + by).status, 200);
    }

    void theHistoryIsErased()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start());
        chatId(fixture);
        chatId(fixture);
        // Whoever means less than everything must not lose everything.
        for (const char *path : {"/admin/v1/requests?filter=provider:x", "/admin/v1/requests/"})
            QCOMPARE(fixture.client().request("DELETE", path).status, 400);
        QCOMPARE(idsOf(fixture.client().get("/admin/v1/requests").body).size(), 2);
        const HttpAnswer erased = fixture.client().request("DELETE", "/admin/v1/requests");
        QCOMPARE(erased.status, 200);
        QCOMPARE(jsonAt(erased.body, "erased").toInt(), 2);
        QVERIFY(idsOf(fixture.client().get("/admin/v1/requests").body).isEmpty());
        const QString later = chatId(fixture);
        QCOMPARE(idsOf(fixture.client().get("/admin/v1/requests").body), QStringList(later));
    }

    void eventsFollowRequests()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start({.server = "stream_keep_alive: 30ms"}));
        RawClient all(fixture.port());
        all.sendRequest("GET", "/admin/v1/events");
        RawClient failures(fixture.port());
        failures.sendRequest("GET", "/admin/v1/events?filter=status:%3E%3D400");
        QVERIFY(all.waitForHead());
        QVERIFY(failures.waitForHead());
        const QByteArray good = chatId(fixture).toLatin1();
        const QByteArray bad = chatId(fixture, "{").toLatin1();
        QVERIFY(all.waitForBody(bad));
        QVERIFY(failures.waitForBody(bad));
        QVERIFY(all.answer().body().contains("event: request\nid: "));
        QVERIFY(all.answer().body().contains(good));
        QVERIFY(!failures.answer().body().contains(good));
        QVERIFY(all.waitForBody(": keep-alive\n\n"));
        QCOMPARE(fixture.gateway.terminate(5s), 0); // does not wait for those that listen
        QVERIFY(all.waitForAnswer());
    }

    // What a filter keeps away is no sign of life.
    void eventsKeepTheConnectionAliveWhileOthersCome()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start({.server = "stream_keep_alive: 500ms"}));
        RawClient failures(fixture.port());
        failures.sendRequest("GET", "/admin/v1/events?filter=status:%3E%3D400");
        QVERIFY(failures.waitForHead());
        bool isAlive = false;
        for (int i = 0; i < 1000 && !isAlive; ++i) {
            chatId(fixture); // told within a fifth of a second
            isAlive = failures.answer().body().contains(": keep-alive\n\n");
        }
        QVERIFY(isAlive);
    }

    void onlySoManyMayListen()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start());
        std::vector<std::unique_ptr<RawClient>> clients;
        for (int i = 0; i < 16; ++i) {
            clients.push_back(std::make_unique<RawClient>(fixture.port()));
            clients.back()->sendRequest("GET", "/admin/v1/events");
            QVERIFY(clients.back()->waitForHead());
        }
        const HttpAnswer refused = fixture.client().get("/admin/v1/events");
        QCOMPARE(refused.status, 503);
        QCOMPARE(textAt(refused.body, "error.code"), QByteArray("too_many_listeners"));
        clients.pop_back(); // leaves
        QTRY_VERIFY(fixture.client().request("HEAD", "/admin/v1/events").status == 200);
    }

    void withoutAHistoryThereIsNothing()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start({.sections = "history: {enabled: false}\n"}));
        chatId(fixture);
        const HttpAnswer page = fixture.client().get("/admin/v1/requests");
        QCOMPARE(page.status, 200);
        QCOMPARE(textAt(page.body, "history.kept_in"), QByteArray("off"));
        QVERIFY(idsOf(page.body).isEmpty());
        QCOMPARE(fixture.client().get("/admin/v1/events").status, 404);
        QCOMPARE(jsonAt(fixture.client().get("/admin/v1/stats").body, "total.requests").toInt(), 0);
        QCOMPARE(fixture.client().request("DELETE", "/admin/v1/requests").status, 200);
    }
};

QTEST_GUILESS_MAIN(GatewayHistoryApiTest)
#include "tst_history_api.moc"
