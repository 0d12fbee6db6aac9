// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/gateway_fixture.h"
#include "tests/support/json_path.h"
#include "tests/support/raw_client.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QNetworkInterface>
#include <QRegularExpression>
#include <QTcpServer>
#include <QTest>

#include <csignal>

using namespace lunargate;
using namespace lunargate::test;

namespace {

constexpr const char *kPath = "/admin/v1/config";

HeaderList bearer(const QByteArray &token)
{
    return {{"Authorization", "Bearer " + token}};
}

/// The token's file is what this is about.
struct FileFixture : GatewayFixture
{
    FileFixture() { gateway.setEnvironment("ADMIN_TOKEN="); }

    QString path() const { return gateway.dataFolder() + QStringLiteral("/lunargate/admin-token"); }
    QByteArray token() const
    {
        QFile file(path());
        return file.open(QIODevice::ReadOnly) ? file.readAll().trimmed() : QByteArray();
    }
    int statusWith(const QByteArray &shown) const { return client().get(kPath, bearer(shown)).status; }
};

quint16 adminPortIn(const QByteArray &log)
{
    static const QRegularExpression pattern(QStringLiteral("admin API listening.*http://[^/\\s]*:(\\d+)"));
    return pattern.match(QString::fromUtf8(log)).captured(1).toUShort();
}

/// An address of this machine that is none of the loopback's; null if it has none.
QHostAddress outerAddress()
{
    for (const QHostAddress &address : QNetworkInterface::allAddresses()) {
        if (!address.isLoopback() && address.protocol() == QAbstractSocket::IPv4Protocol)
            return address;
    }
    return {};
}

} // namespace

/// Who reaches /admin, where, and with what.
class AdminTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void theTokenIsInAFileOfTheOwner()
    {
        FileFixture f;
        QVERIFY(f.start());
        QCOMPARE(f.token().size(), 43);
        const auto others = QFile::ReadGroup | QFile::WriteGroup | QFile::ReadOther | QFile::WriteOther;
        QVERIFY(!QFileInfo(f.path()).permissions().testAnyFlags(others));
        QCOMPARE(f.statusWith(f.token()), 200);
        const HttpAnswer missing = f.client().get(kPath, kNoCredential);
        QCOMPARE(missing.status, 401);
        QCOMPARE(errorShapeProblem(missing), QByteArray());
        QCOMPARE(textAt(missing.body, "error.code"), "missing_admin_token");
        QVERIFY(!missing.header("WWW-Authenticate").isEmpty());
        QCOMPARE(f.statusWith("other"), 401);
        QVERIFY2(f.gateway.waitForLog(f.path().toUtf8()), f.gateway.log().constData());
        QVERIFY(!f.gateway.log().contains(f.token()));
    }

    void theNextStartHasTheSame()
    {
        QTemporaryDir folder;
        QByteArray tokens[2];
        for (QByteArray &token : tokens) {
            FileFixture f;
            QVERIFY(f.start({.sections = "admin:\n  token_file: " + folder.filePath(QStringLiteral("t")).toUtf8()}));
            QFile file(folder.filePath(QStringLiteral("t")));
            QVERIFY(file.open(QIODevice::ReadOnly));
            token = file.readAll().trimmed();
            QCOMPARE(f.statusWith(token), 200);
            QVERIFY(!QFile::exists(f.path()));
        }
        QCOMPARE(tokens[0], tokens[1]);
    }

    void theConfigurationsTokenNeedsNoFile()
    {
        FileFixture f;
        QVERIFY(f.start({.sections = "admin:\n  token: configured-token-1"}));
        QCOMPARE(f.statusWith("configured-token-1"), 200);
        QVERIFY(!QFile::exists(f.path()));
        // Neither the log nor the configuration that is shown tells it.
        QVERIFY(!f.client().get(kPath, bearer("configured-token-1")).body.contains("configured-token-1"));
        f.client().get("/admin/v1/configured-token-1", bearer("configured-token-1"));
        QVERIFY(f.gateway.waitForLog("/admin/v1/***"));
        QVERIFY(!f.gateway.log().contains("configured-token-1"));
    }

    void aFileThatCannotBeUsedSaysSoAndHealsWithAReload()
    {
        FileFixture f;
        QVERIFY(QDir().mkpath(QFileInfo(f.path()).path()));
        QFile file(f.path());
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("token-that-all-can-read");
        file.close();
        file.setPermissions(QFile::ReadOwner | QFile::ReadOther);
        QVERIFY(f.start());
        QVERIFY(f.gateway.waitForLog("the admin API has no token"));
        const HttpAnswer answer = f.client().get(kPath, bearer("token-that-all-can-read"));
        QCOMPARE(answer.status, 503);
        QCOMPARE(textAt(answer.body, "error.code"), "admin_token_missing");
        QVERIFY2(textAt(answer.body, "error.message").contains("may be used by others"), answer.body.constData());
        QCOMPARE(f.chat().status, 200);
        file.setPermissions(QFile::ReadOwner);
        f.gateway.signal(SIGHUP);
        QTRY_COMPARE(f.statusWith("token-that-all-can-read"), 200);
    }

    void aReadOnlyFolderLeavesTheGatewayServing()
    {
        FileFixture f;
        QVERIFY(f.start({.sections = "admin:\n  token_file: /proc/1/nothing/token\n"}));
        QCOMPARE(f.statusWith("any"), 503);
        QCOMPARE(f.chat().status, 200);
    }

    void anotherTokenCountsAtOnceAndListenersStay()
    {
        FileFixture f;
        const QByteArray one = simpleConfig(f.upstream, {.sections = "admin:\n  token: token-number-one-1\n"});
        QVERIFY(f.gateway.start(one));
        RawClient listener(f.port());
        listener.sendRequest("GET", "/admin/v1/events", {}, bearer("token-number-one-1"));
        QVERIFY(listener.waitForHead());
        QByteArray two = one;
        QVERIFY(f.gateway.writeConfig(two.replace("number-one", "number-two")));
        QTRY_COMPARE(f.statusWith("token-number-two-1"), 200);
        QCOMPARE(f.statusWith("token-number-one-1"), 401);
        f.chat();
        QVERIFY(listener.waitForBody("event: request"));
    }

    void aTokenThatIsRemovedIsAnotherOne()
    {
        FileFixture f;
        QVERIFY(f.start());
        const QByteArray old = f.token();
        QVERIFY(QFile::remove(f.path()));
        f.gateway.signal(SIGHUP);
        QTRY_COMPARE(f.statusWith(old), 401);
        QCOMPARE(f.statusWith(f.token()), 200);
    }

    // Whoever withdraws a token must not have to mend the configuration first.
    void aTokenIsWithdrawnWhateverElseIsWrong()
    {
        FileFixture f;
        QVERIFY(f.start());
        const QByteArray old = f.token();
        QVERIFY(QFile::remove(f.path()));
        QVERIFY(f.gateway.writeConfig("providers: ["));
        f.gateway.signal(SIGHUP);
        QTRY_COMPARE(f.statusWith(old), 401);
        QCOMPARE(f.chat().status, 200);
    }

    void offIsNotThere()
    {
        FileFixture f;
        QVERIFY(f.start({.sections = "admin:\n  enabled: false\n"}));
        const HttpAnswer answer = f.client().get(kPath);
        QCOMPARE(answer.status, 404);
        QCOMPARE(textAt(answer.body, "error.code"), "unknown_path");
        QCOMPARE(f.client().post(kPath, "{}").status, 404); // not 405
        QVERIFY(!QFile::exists(f.path()));
        QCOMPARE(f.chat().status, 200);
    }

    void aPortOfItsOwn()
    {
        GatewayFixture f;
        QVERIFY(f.start({.sections = "admin:\n  port: 0\n"}));
        quint16 port = 0;
        QTRY_VERIFY((port = adminPortIn(f.gateway.log())) != 0);
        QVERIFY(port != f.port());
        const HttpClient admin(port);
        QCOMPARE(admin.get(kPath).status, 200);
        QCOMPARE(admin.get(kPath, kNoCredential).status, 401);
        QCOMPARE(admin.chat(chatBody()).status, 404);
        QCOMPARE(admin.get("/v1/models").status, 404);
        QCOMPARE(f.client().get(kPath).status, 404);
        QCOMPARE(f.chat().status, 200);
        for (const char *path : {"/health", "/ready", "/metrics"}) {
            QCOMPARE(admin.get(path).status, 200);
            QCOMPARE(f.client().get(path).status, 200);
        }
        // By the other address of loopback, too; and only for this machine's names.
        RawClient other(port, QHostAddress::LocalHostIPv6);
        other.sendRequest("GET", kPath);
        QVERIFY(other.waitForAnswer());
        QCOMPARE(other.answer().status(), 200);
        QCOMPARE(textAt(admin.get(kPath, {{"Host", "evil.test"}}).body, "error.code"), "host_not_allowed");
        QCOMPARE(textAt(admin.get("/health", {{"Origin", "https://evil.test"}}).body, "error.code"),
                 "origin_not_allowed");
        QCOMPARE(f.gateway.terminate(), 0);
    }

    void aPortOfItsOwnStaysUntilARestart()
    {
        GatewayFixture f;
        QVERIFY(f.start());
        QVERIFY(f.gateway.writeConfig(simpleConfig(f.upstream, {.sections = "admin:\n  port: 0\n"})));
        const HttpAnswer answer = f.client().post("/admin/v1/reload", {});
        QCOMPARE(answer.status, 200);
        QCOMPARE(textAt(answer.body, "restart_needed.0"), "admin.port");
        QCOMPARE(f.client().get(kPath).status, 200);
    }

    void aTakenPortIsAnError()
    {
        QTcpServer other;
        QVERIFY(other.listen(QHostAddress::LocalHost));
        QTemporaryDir folder;
        const FakeUpstream upstream;
        QFile file(folder.filePath(QStringLiteral("config.yaml")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(simpleConfig(upstream, {.sections = "admin:\n  token: configured-token-1\n  port: " +
                                                       QByteArray::number(other.serverPort())}));
        file.close();
        const ProgramResult result = runProgram({"--no-gui", "--port", "0", "--config", file.fileName().toUtf8()},
                                                {"XDG_DATA_HOME=" + folder.path().toUtf8()});
        QCOMPARE(result.exitCode, 1);
        QVERIFY2(result.error.contains("is already in use") && result.error.contains("admin.port"),
                 result.error.constData());
    }

    void onlyThisMachineReachesIt()
    {
        const QHostAddress outside = outerAddress();
        if (outside.isNull())
            QSKIP("this machine has no address but the loopback's");
        GatewayFixture f;
        QVERIFY(f.start({.server = "host: 0.0.0.0", .sections = "security:\n  slow_down:\n    max_delay: 0s\n"}));
        const auto statusFrom = [&](const QHostAddress &address, const HeaderList &headers) {
            RawClient client(f.port(), address);
            HeaderList all = headers;
            all.add("Host", "localhost");
            client.sendRequest("GET", kPath, {}, all);
            return client.waitForAnswer() ? client.answer().status() : 0;
        };
        QCOMPARE(statusFrom(QHostAddress::LocalHost, bearer(kAdminToken)), 200);
        QCOMPARE(statusFrom(outside, bearer(kAdminToken)), 403);
        QCOMPARE(statusFrom(outside, bearer("other")), 403); // tells nothing about the token
        QVERIFY(f.gateway.writeConfig(simpleConfig(
            f.upstream, {.server = "host: 0.0.0.0",
                         .sections = "security:\n  slow_down:\n    max_delay: 0s\n  api_key:\n    keys:\n"
                                     "      - {name: boss, value: boss-key-of-the-test, admin: true}\n"})));
        QTRY_COMPARE(statusFrom(outside, bearer("boss-key-of-the-test")), 200);
        QCOMPARE(statusFrom(outside, bearer(kAdminToken)), 401);
        QCOMPARE(statusFrom(QHostAddress::LocalHost, bearer(kAdminToken)), 200);
    }
};

QTEST_GUILESS_MAIN(AdminTest)
#include "tst_admin.moc"
