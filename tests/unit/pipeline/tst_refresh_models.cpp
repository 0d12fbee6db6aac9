// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/pipeline/gateway_in_memory.h"

namespace lunargate {

using test::GatewayInMemory;
using test::Script;

/// Fetching model lists and the lives of those who take part: the client, its request, the worker.
class RefreshModelsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void listsWhatProvidersTell();
    void asksOnlyThoseThatAreToBeAsked();
    void answersWithWhatIsKnownWhenAProviderFails();
    void goesOnWithoutTheClient();
    void endsWithTheWorker_data();
    void endsWithTheWorker();
};

namespace {

Config fetching(const std::vector<int> &providers)
{
    Config config = test::twoProviders();
    for (const int index : providers)
        config.providers[static_cast<size_t>(index)].models.mode = ModelsMode::Fetch;
    return config;
}

Script list(const QByteArray &models)
{
    return std::move(Script().bytes(R"({"data":[)" + models + "]}"));
}

} // namespace

void RefreshModelsTest::listsWhatProvidersTell()
{
    GatewayInMemory gateway({list(R"({"id":"new","created":7,"context_length":131072})"), list(R"({"id":"x/y"})")},
                            fetching({0, 1}));
    gateway.get("/v1/models");
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.status(), 200);
    const QByteArray body = gateway.body();
    QVERIFY2(body.contains(R"({"id":"one/new","object":"model","created":7,"owned_by":"one","context_length":131072})"),
             body.constData());
    QVERIFY(body.contains(R"("id":"one/m1")")); // a route names it
    QVERIFY(body.contains(R"("id":"two/x/y")"));
    QCOMPARE(gateway.transport->requests.size(), 2);
    QCOMPARE(gateway.transport->requests[0].url.toEncoded(), "http://one.test/v1/models");
}

void RefreshModelsTest::asksOnlyThoseThatAreToBeAsked()
{
    GatewayInMemory gateway({list(R"({"id":"new"})")}, fetching({1}));
    gateway.get("/v1/models/new"); // a plain name that only the list has
    QTRY_VERIFY(gateway.isAnswered());
    QVERIFY(gateway.body().startsWith(R"({"id":"two/new",)"));
    QCOMPARE(gateway.transport->requests.size(), 1);
    QCOMPARE(gateway.transport->requests[0].url.toEncoded(), "http://two.test/v1/models");
}

void RefreshModelsTest::answersWithWhatIsKnownWhenAProviderFails()
{
    GatewayInMemory gateway({std::move(Script(401).bytes(R"({"error":{"message":"who?"}})")), list(R"({"id":"new"})")},
                            fetching({0, 1}));
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("^model list not fetched .*one.*who\\?")));
    gateway.get("/v1/models");
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.status(), 200);
    QVERIFY(gateway.body().contains(R"("id":"one/m1")"));
    QVERIFY(gateway.body().contains(R"("id":"two/new")"));
}

void RefreshModelsTest::goesOnWithoutTheClient()
{
    GatewayInMemory gateway({Script::silent(list(R"({"id":"new"})"))}, fetching({0}));
    QSignalSpy closed(gateway.connection.get(), &ClientConnection::closed);
    gateway.get("/v1/models");
    QTRY_COMPARE(gateway.transport->alive, 1);
    gateway.client.socket.abort();
    QTRY_COMPARE(closed.count(), 1);
    QCOMPARE(gateway.transport->alive, 1);
    gateway.transport->letGo();
    QTRY_COMPARE(gateway.transport->alive, 0);
}

void RefreshModelsTest::endsWithTheWorker_data()
{
    QTest::addColumn<bool>("hasClient");
    QTest::newRow("client waits") << true;
    QTest::newRow("client left") << false;
}

void RefreshModelsTest::endsWithTheWorker()
{
    QFETCH(const bool, hasClient);
    {
        GatewayInMemory gateway({Script::silent()}, fetching({0}));
        gateway.get("/v1/models");
        QTRY_COMPARE(gateway.transport->alive, 1);
        if (!hasClient)
            gateway.connection.reset();
        QCOMPARE(gateway.transport->alive, 1);
    }
    QCOMPARE(TimerQueue::current().size(), 0);
    QCoreApplication::processEvents(); // nothing that was queued comes back to what is gone
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::RefreshModelsTest)
#include "tst_refresh_models.moc"
