// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/history/history_database.h"
#include "tests/support/gateway_fixture.h"
#include "tests/support/raw_client.h"

#include <QDir>
#include <QFile>
#include <QTest>

using namespace lunargate;
using namespace lunargate::test;
using namespace std::chrono_literals;

namespace {

/// A gateway whose history can be read when it has ended.
struct RecordedGateway : GatewayFixture
{
    QString path() const
    {
        return QFileInfo(gateway.configPath()).dir().filePath(QStringLiteral("data/lunargate/history.sqlite"));
    }

    /// Ends the gateway; newest first.
    std::vector<HistoryRecord> finish()
    {
        if (gateway.terminate(10s) != 0)
            QTest::qFail("the gateway did not end well", __FILE__, __LINE__);
        auto database = HistoryDatabase::open(path());
        if (!database) {
            QTest::qFail(database.error().text.constData(), __FILE__, __LINE__);
            return {};
        }
        return (*database)->find({})->records;
    }

    /// Everything that is in the history's files.
    QByteArray bytes() const
    {
        QByteArray all;
        const QDir folder = QFileInfo(path()).dir();
        for (const QString &name : folder.entryList(QDir::Files)) {
            QFile file(folder.filePath(name));
            if (file.open(QIODevice::ReadOnly))
                all += file.readAll();
        }
        return all;
    }
};

} // namespace

/// Requests for models end in the history.
class GatewayHistoryTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void everyOutcomeIsKept()
    {
        RecordedGateway fixture;
        QVERIFY(fixture.start({.sections = "security:\n  slow_down: {max_delay: 0s}\n  api_key:\n    keys:\n"
                                           "      - {name: ann, value: gate-key-of-ann}\n"}));
        const HeaderList key = {{"Authorization", "Bearer gate-key-of-ann"}};
        HeaderList details = key;
        details.add("User-Agent", "claude-cli/2.1");
        details.add("X-Claude-Code-Session-Id", "session-7");
        fixture.upstream.enqueue(Script::json(503, "{}"));
        fixture.upstream.enqueue(Script::chat());
        QCOMPARE(fixture.chat(chatBody("fake-model"), details).status, 200);
        fixture.upstream.enqueue(Script::eventStream().content("a").reset());
        fixture.chat(chatBody("fake-model", R"("stream":true)"), key);
        QCOMPARE(fixture.chat(chatBody("fake-model")).status, 401);
        QCOMPARE(fixture.chat("{", key).status, 400);
        fixture.client().get("/health");
        fixture.client().get("/v1/models", key);

        const std::vector<HistoryRecord> records = fixture.finish();
        QCOMPARE(records.size(), 4u);
        const HistoryRecord &whole = records[3];
        QCOMPARE(whole.status, 200);
        QCOMPARE(whole.caller, QByteArray("ann"));
        QCOMPARE(whole.client.userAgent, QByteArray("claude-cli/2.1"));
        QCOMPARE(whole.client.session, QByteArray("session-7"));
        QCOMPARE(whole.route, QByteArray("default"));
        QCOMPARE(whole.provider, QByteArray("fake"));
        QCOMPARE(whole.attemptCount, 2);
        QCOMPARE(whole.attempts.size(), 2u);
        QCOMPARE(whole.attempts[0].outcome, QByteArray("server_error"));
        QCOMPARE(whole.attempts[0].status, 503);
        QCOMPARE(whole.attempts[1].outcome, QByteArray("success"));
        QVERIFY(whole.attempts[1].waited >= 1ms);
        QVERIFY(whole.attempts[1].startedAfter >= whole.attempts[0].duration);
        QCOMPARE(whole.finishReason, QByteArray("stop"));
        QVERIFY(!whole.modelServed.isEmpty());
        QVERIFY(whole.usage);
        QVERIFY(whole.timeToFirstByte);
        QVERIFY(std::chrono::abs(whole.time() - std::chrono::system_clock::now()) < 5min);
        QVERIFY(!whole.messages);

        const HistoryRecord &broken = records[2];
        QVERIFY(broken.stream);
        QVERIFY(!broken.error.isEmpty());
        QCOMPARE(broken.attempts.back().outcome, QByteArray("transport"));
        QCOMPARE(records[1].status, 401);
        QCOMPARE(records[0].status, 400);
        QVERIFY(records[0].attempts.empty());
    }

    void aClientThatLeavesIsKept()
    {
        RecordedGateway fixture;
        QVERIFY(fixture.start());
        fixture.upstream.enqueue(Script::silence());
        {
            RawClient client(fixture.port());
            client.sendRequest("POST", "/v1/chat/completions", chatBody("fake-model"));
            QVERIFY(fixture.upstream.waitForRequests(1));
        }
        QVERIFY(fixture.gateway.waitForLog("client_cancelled"));
        const std::vector<HistoryRecord> records = fixture.finish();
        QCOMPARE(records.size(), 1u);
        QCOMPARE(records[0].status, 499);
        QCOMPARE(records[0].attempts.at(0).outcome, QByteArray("cancelled"));
    }

    void secretsAndPromptsAreNotInTheFiles()
    {
        RecordedGateway fixture;
        QVERIFY(fixture.start());
        const HeaderList secrets = {{"Authorization", "Bearer sk-client-7d1f0b55aa90"},
                                    {"Cookie", "session=sk-client-7d1f0b55aa90"},
                                    {"User-Agent", QByteArray("tool with ") + kProviderKey}};
        const QByteArray inError = QByteArray("{\"error\":{\"message\":\"wrong key ") + kProviderKey +
                                   " given\",\"type\":\"auth\",\"code\":\"x\"}}";
        fixture.upstream.enqueue(Script::json(401, inError));
        fixture.chat(chatBody("fake-model"), secrets);
        fixture.chat(R"({"messages":[{"role":"user","content":"my-private-diary"}]})", secrets);
        QCOMPARE(fixture.finish().size(), 2u);
        const QByteArray bytes = fixture.bytes();
        QVERIFY(bytes.contains("tool with ")); // there is something in it
        QVERIFY(!bytes.contains(QByteArray(kProviderKey).right(12)));
        QVERIFY(!bytes.contains("7d1f0b55aa90"));
        QVERIFY(!bytes.contains("my-private-diary"));
        QVERIFY(!bytes.contains("Hello from upstream"));
    }

    void switchedOffLeavesNoFile()
    {
        RecordedGateway fixture;
        QVERIFY(fixture.start({.sections = "history: {enabled: false}\n"}));
        QCOMPARE(fixture.chat().status, 200);
        QCOMPARE(fixture.gateway.terminate(5s), 0);
        QVERIFY(!QFile::exists(fixture.path()));
    }

    void reloadSwitchesItOn()
    {
        RecordedGateway fixture;
        QVERIFY(fixture.start({.sections = "history: {capture: none}\n"}));
        QCOMPARE(fixture.chat().status, 200);
        QVERIFY(fixture.gateway.writeConfig(simpleConfig(fixture.upstream)));
        QVERIFY(fixture.gateway.waitForLog("configuration reloaded"));
        QCOMPARE(fixture.chat().status, 200);
        QCOMPARE(fixture.finish().size(), 1u);
    }

    // The program serves as before where there is no place for its history.
    void withoutAPlaceItWarnsOnce()
    {
        RecordedGateway fixture;
        QVERIFY(fixture.start({.sections = "history: {path: /dev/null/history.sqlite}\n"}));
        for (int i = 0; i < 3; ++i)
            QCOMPARE(fixture.chat().status, 200);
        QVERIFY(fixture.gateway.waitForLog("the history cannot be stored"));
        QCOMPARE(fixture.gateway.terminate(5s), 0);
        QCOMPARE(fixture.gateway.log().count("the history cannot be stored"), 1);
    }
};

QTEST_GUILESS_MAIN(GatewayHistoryTest)
#include "tst_history.moc"
