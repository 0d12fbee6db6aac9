// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/integration/caching_fixture.h"
#include "tests/support/raw_client.h"

#include <QTest>

using namespace lunargate;
using namespace lunargate::test;

/// Who gets an answer that somebody else asked for.
class CacheSharingTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    // T97
    void callersDoNotShareUnlessTheyMay_data()
    {
        QTest::addColumn<QByteArray>("caching");
        QTest::addColumn<QByteArray>("others");
        QTest::newRow("by default") << QByteArray() << QByteArray("MISS");
        QTest::newRow("caller") << QByteArray("scope: caller") << QByteArray("MISS");
        QTest::newRow("everybody") << QByteArray("scope: everybody") << QByteArray("HIT");
    }

    void callersDoNotShareUnlessTheyMay()
    {
        QFETCH(const QByteArray, caching);
        QFETCH(const QByteArray, others);
        CachingFixture fixture;
        QVERIFY(fixture.start(caching, "server:\n  trusted_proxies: [127.0.0.1]\n"));
        const HeaderList alice{{"X-Forwarded-For", "10.0.0.1"}};
        const HeaderList bob{{"X-Forwarded-For", "10.0.0.2"}};
        QCOMPARE(cacheStatus(fixture.chat(chatBody(), alice)), "MISS");
        QCOMPARE(cacheStatus(fixture.chat(chatBody(), alice)), "HIT");
        QCOMPARE(cacheStatus(fixture.chat(chatBody(), bob)), others);
        QCOMPARE(cacheStatus(fixture.chat(chatBody(), bob)), "HIT");
        QCOMPARE(cacheStatus(fixture.chat()), others);
    }

    void keysAreCallersToo_data() { callersDoNotShareUnlessTheyMay_data(); }

    void keysAreCallersToo()
    {
        QFETCH(const QByteArray, caching);
        QFETCH(const QByteArray, others);
        CachingFixture fixture;
        QVERIFY(fixture.start(caching, "security:\n  provider: api_key\n  api_key:\n    keys:\n"
                                       "      - {name: alice, value: alice-key-123456}\n"
                                       "      - {name: bob, value: bob-key-12345678}\n"));
        const HeaderList alice{{"Authorization", "Bearer alice-key-123456"}};
        const HeaderList bob{{"Authorization", "Bearer bob-key-12345678"}};
        QCOMPARE(cacheStatus(fixture.chat(chatBody(), alice)), "MISS");
        QCOMPARE(cacheStatus(fixture.chat(chatBody(), alice)), "HIT");
        QCOMPARE(cacheStatus(fixture.chat(chatBody(), bob)), others);
        QCOMPARE(cacheStatus(fixture.chat(chatBody(), bob)), "HIT");
    }

    // A nameless key must not get the answers of the one that stood before it.
    void keysKeepToTheirAnswersWhenOneIsRemoved()
    {
        const auto keys = [](const QByteArray &items) {
            return "security: {provider: api_key, api_key: {keys: [{name: boss, value: boss-key-1, admin: true}, " +
                   items + "]}}\n";
        };
        CachingFixture fixture;
        QVERIFY(fixture.start({}, keys("{value: alice-key-1}, {value: bob-key-1}")));
        const HeaderList alice{{"Authorization", "Bearer alice-key-1"}};
        const HeaderList bob{{"Authorization", "Bearer bob-key-1"}};
        QCOMPARE(cacheStatus(fixture.chat(chatBody(), alice)), "MISS");
        QVERIFY(fixture.gateway.writeConfig(
            simpleConfig(fixture.upstream, {.sections = "caching: {enabled: true}\n" + keys("{value: bob-key-1}")})));
        fixture.client().post("/admin/v1/reload", {}, {{"Authorization", "Bearer boss-key-1"}});
        QTRY_COMPARE(fixture.chat(chatBody(), alice).status, 401);
        QCOMPARE(cacheStatus(fixture.chat(chatBody(), bob)), "MISS");
        QCOMPARE(cacheStatus(fixture.chat(chatBody(), bob)), "HIT");
    }

    void equalRequestsWaitForOneAnother()
    {
        CachingFixture fixture;
        QVERIFY(fixture.start("single_flight: true"));
        const GatePointer gate = Gate::make();
        fixture.upstream.enqueue(Script().hold(gate).wire(
            "HTTP/1.1 200 OK\r\nContent-Length: " + QByteArray::number(kAnswer.size()) + "\r\n\r\n" + kAnswer));
        std::vector<std::unique_ptr<RawClient>> clients;
        for (int i = 0; i < 8; ++i) {
            clients.push_back(std::make_unique<RawClient>(fixture.port()));
            clients.back()->sendRequest("POST", "/v1/chat/completions", chatBody());
        }
        QVERIFY(waitUntil([&] { return fixture.number("waiting") == 7; }));
        QVERIFY(fixture.upstream.waitForRequests(1));
        QCOMPARE(fixture.upstream.requestCount(), 1);
        // Another request waits for nobody.
        QCOMPARE(cacheStatus(fixture.chat(chatBody({}, R"("n":2)"))), "MISS");
        gate->open();
        int hits = 0;
        for (const auto &client : clients) {
            QVERIFY(client->waitForAnswer());
            QCOMPARE(client->answer().body(), kAnswer);
            hits += client->answer().header("X-LunarGate-Cache-Status") == "HIT";
        }
        QCOMPARE(hits, 7);
        QCOMPARE(fixture.upstream.requestCount(), 2);
        QCOMPARE(fixture.number("shared"), 7);
    }

    void theNextOneAsksWhenTheFirstLeaves()
    {
        CachingFixture fixture;
        QVERIFY(fixture.start("single_flight: true"));
        fixture.upstream.enqueue(Script::silence());
        RawClient first(fixture.port());
        first.sendRequest("POST", "/v1/chat/completions", chatBody());
        QVERIFY(fixture.upstream.waitForRequests(1));
        std::vector<std::unique_ptr<RawClient>> others;
        for (int i = 0; i < 4; ++i) {
            others.push_back(std::make_unique<RawClient>(fixture.port()));
            others.back()->sendRequest("POST", "/v1/chat/completions", chatBody());
        }
        QVERIFY(waitUntil([&] { return fixture.number("waiting") == 4; }));
        others.back()->reset(); // one that waits leaves too
        QVERIFY(waitUntil([&] { return fixture.number("waiting") == 3; }));
        others.pop_back();
        first.reset();
        for (const auto &client : others) {
            QVERIFY(client->waitForAnswer());
            QCOMPARE(textAt(client->answer().body(), "choices.0.message.content"), "call 2");
        }
        QCOMPARE(fixture.upstream.requestCount(), 2);
    }

    void failuresAreNotShared()
    {
        CachingFixture fixture;
        QVERIFY(fixture.start("single_flight: true"));
        const GatePointer gate = Gate::make();
        for (int i = 0; i < 2; ++i)
            fixture.upstream.enqueue(Script().hold(gate).wire("HTTP/1.1 400 No\r\nContent-Length: 2\r\n\r\n{}"));
        std::vector<std::unique_ptr<RawClient>> clients;
        for (int i = 0; i < 4; ++i) {
            clients.push_back(std::make_unique<RawClient>(fixture.port()));
            clients.back()->sendRequest("POST", "/v1/chat/completions", chatBody());
            if (i == 0)
                QVERIFY(fixture.upstream.waitForRequests(1));
        }
        QVERIFY(waitUntil([&] { return fixture.number("waiting") == 3; }));
        gate->open();
        int failures = 0;
        for (const auto &client : clients) {
            QVERIFY(client->waitForAnswer());
            failures += client->answer().status() == 400;
        }
        QCOMPARE(failures, 2); // those who really got that answer
    }
};

QTEST_GUILESS_MAIN(CacheSharingTest)
#include "tst_cache_sharing.moc"
