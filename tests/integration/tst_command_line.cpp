// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/gateway_fixture.h"
#include "tests/support/pseudo_terminal.h"

#include <QFileInfo>
#include <QProcess>
#include <QRegularExpression>
#include <QTcpServer>
#include <QTemporaryDir>
#include <QTest>

using namespace lunargate;
using namespace lunargate::test;
using namespace std::chrono_literals;

/// Flags, exit statuses, and what is said when it does not start.
class CommandLineTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void versionIsToldOnStandardOutput()
    {
        const ProgramResult result = runProgram({"--version"});
        QCOMPARE(result.exitCode, 0);
        QVERIFY(
            QRegularExpression(QStringLiteral("\\d+\\.\\d+\\.\\d+")).match(QString::fromUtf8(result.out)).hasMatch());
    }

    void helpNamesTheFlags_data()
    {
        QTest::addColumn<QByteArray>("flag");
        QTest::newRow("--help") << QByteArray("--help");
        QTest::newRow("-h") << QByteArray("-h");
    }

    void helpNamesTheFlags()
    {
        QFETCH(QByteArray, flag);
        const ProgramResult result = runProgram({flag});
        QCOMPARE(result.exitCode, 0);
        const QByteArray said = result.out + result.error;
        for (const char *name : {"--config", "--port", "--no-gui", "--log-level", "--version", "check"})
            QVERIFY2(said.contains(name), name);
    }

    void wrongUseEndsWith2_data()
    {
        QTest::addColumn<std::vector<QByteArray>>("arguments");
        QTest::addColumn<QByteArray>("said");
        using Arguments = std::vector<QByteArray>;
        QTest::newRow("unknown flag") << Arguments{"--frobnicate"} << QByteArray("frobnicate");
        QTest::newRow("missing value") << Arguments{"--no-gui", "--config"} << QByteArray("config");
        QTest::newRow("port is no number") << Arguments{"--no-gui", "--port", "eighty"} << QByteArray("eighty");
        QTest::newRow("unknown log level") << Arguments{"--no-gui", "--log-level", "loud"} << QByteArray("loud");
    }

    void wrongUseEndsWith2()
    {
        QFETCH(std::vector<QByteArray>, arguments);
        QFETCH(QByteArray, said);
        const ProgramResult result = runProgram(arguments);
        QCOMPARE(result.exitCode, 2);
        QVERIFY2(result.error.contains(said), result.error.constData());
    }

    void refusedConfigurationEndsWith1AndListsEveryProblem()
    {
        const QString path = write("providers:\n"
                                   "  a: {type: nonsense}\n"
                                   "routing:\n"
                                   "  routes:\n"
                                   "    - {name: r, targets: [{provider: missing}]}\n"
                                   "server:\n"
                                   "  port: 99999\n");
        const ProgramResult result = runProgram({"--no-gui", "--config", path.toUtf8()});
        QCOMPARE(result.exitCode, 1);
        for (const char *fault : {"nonsense", "missing", "99999"})
            QVERIFY2(result.error.contains(fault), result.error.constData());
        // With the line, so that an editor can go there.
        QVERIFY2(result.error.contains(":7"), result.error.constData());
    }

    // There is no desktop here: neither the gateway nor the user must wait for one.
    void aKeychainThatIsMissingIsToldWithThePlace()
    {
        const QString path = write("providers:\n  a: {type: openai, api_key: '${keychain:open-ai}'}\n"
                                   "routing:\n  routes:\n    - {name: r, targets: [{provider: a}]}\n");
        const std::vector<QByteArray> noDesktop = {"DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent",
                                                   "DISPLAY=", "XDG_RUNTIME_DIR=/nonexistent"};
        const ProgramResult checked = runProgram({"check", path.toUtf8()}, noDesktop);
        QCOMPARE(checked.exitCode, 2);
        QVERIFY2(checked.error.contains(":2:30: providers.a.api_key: no keychain answers here"),
                 checked.error.constData());
        const ProgramResult removed = runProgram({"keys", "delete", "open-ai"}, noDesktop);
        QCOMPARE(removed.exitCode, 1);
        QVERIFY2(removed.error.contains("no keychain answers here"), removed.error.constData());
        const ProgramResult set = runProgram({"keys", "set", "open-ai"}, noDesktop);
        QCOMPARE(set.exitCode, 1);
        QVERIFY2(set.error.contains("nothing was given"), set.error.constData());
        const ProgramResult written = runProgram({"key", "set", "open-ai"}, noDesktop, kPatience, "sk-canary-1\n");
        QCOMPARE(written.exitCode, 1);
        QVERIFY2(written.error.contains("no keychain answers here"), written.error.constData());
        QVERIFY(!written.error.contains("canary") && !written.out.contains("canary"));
        // What the configuration says can be told all the same.
        const ProgramResult listed = runProgram({"keys", "list", "--config", path.toUtf8()}, noDesktop);
        QCOMPARE(listed.exitCode, 1);
        QVERIFY2(listed.out.contains("open-ai  -         a        not asked"), listed.out.constData());
        QVERIFY2(listed.error.contains("no keychain answers here"), listed.error.constData());
    }

    void aSecretIsTypedUnseenAndTheTerminalIsAsBefore_data()
    {
        QTest::addColumn<QByteArray>("keys");
        QTest::newRow("given up with Ctrl-C") << QByteArray("\x03");
        QTest::newRow("given up with Ctrl-\\") << QByteArray("\x1c");
        QTest::newRow("nothing given") << QByteArray("\n");
    }

    void aSecretIsTypedUnseenAndTheTerminalIsAsBefore()
    {
        QFETCH(const QByteArray, keys);
        const PseudoTerminal terminal;
        QVERIFY(terminal.isEchoing());
        QProcess program;
        program.setChildProcessModifier(terminal.opener());
        program.start(QStringLiteral(LUNARGATE_PROGRAM),
                      {QStringLiteral("keys"), QStringLiteral("set"), QStringLiteral("open-ai")});
        QByteArray said;
        QVERIFY(waitUntil([&] { return (said += program.readAllStandardError()).contains("it is not shown"); }));
        QVERIFY(!terminal.isEchoing());
        terminal.type(keys);
        QVERIFY(waitUntil([&] { return program.state() == QProcess::NotRunning; }));
        QVERIFY(terminal.isEchoing());
        // A shell must see that it was interrupted.
        QCOMPARE(program.exitStatus(), keys == "\n" ? QProcess::NormalExit : QProcess::CrashExit);
    }

    void missingConfigurationEndsWith1()
    {
        const ProgramResult result = runProgram({"--no-gui", "--config", "/nonexistent/lunargate.yaml"});
        QCOMPARE(result.exitCode, 1);
        QVERIFY2(result.error.contains("/nonexistent/lunargate.yaml"), result.error.constData());
    }

    void checkTellsWhetherAFileIsGood_data()
    {
        QTest::addColumn<QByteArray>("yaml");
        QTest::addColumn<int>("exitCode");
        const QByteArray good = "providers:\n  a: {type: openai}\nrouting:\n  routes:\n"
                                "    - {name: r, targets: [{provider: a}]}\n";
        QTest::newRow("good") << good << 0;
        QTest::newRow("unknown provider") << QByteArray(good).replace("provider: a", "provider: b") << 2;
        QTest::newRow("not YAML") << QByteArray("providers: [") << 2;
        QTest::newRow("duplicate key") << good + "providers: {}\n" << 2;
        QTest::newRow("empty") << QByteArray() << 2;
    }

    void checkTellsWhetherAFileIsGood()
    {
        QFETCH(QByteArray, yaml);
        QFETCH(int, exitCode);
        const QString path = write(yaml);
        const ProgramResult result = runProgram({"check", path.toUtf8()});
        QVERIFY2(result.exitCode == exitCode, (result.out + result.error).constData());
        if (exitCode != 0)
            QVERIFY2((result.out + result.error).contains("config.yaml"), (result.out + result.error).constData());
    }

    void strictRefusesUnknownKeys()
    {
        const QString path = write("providers:\n  a: {type: openai, tempreture: 1}\nrouting:\n  routes:\n"
                                   "    - {name: r, targets: [{provider: a}]}\n");
        const ProgramResult lenient = runProgram({"check", path.toUtf8()});
        QVERIFY2(lenient.exitCode == 0, (lenient.out + lenient.error).constData());
        // Told all the same, with what was probably meant.
        QVERIFY2((lenient.out + lenient.error).contains("tempreture"), (lenient.out + lenient.error).constData());
        QVERIFY2((lenient.out + lenient.error).contains("temperature"), (lenient.out + lenient.error).constData());
        QCOMPARE(runProgram({"check", "--strict", path.toUtf8()}).exitCode, 2);
    }

    void usedPortEndsWith1AndIsNamed()
    {
        QTcpServer owner;
        QVERIFY(owner.listen(QHostAddress::LocalHost));
        const QByteArray port = QByteArray::number(owner.serverPort());
        const QString path = write("providers:\n  a: {type: openai}\nrouting:\n  routes:\n"
                                   "    - {name: r, targets: [{provider: a}]}\n");
        const ProgramResult result = runProgram({"--no-gui", "--config", path.toUtf8(), "--port", port});
        QCOMPARE(result.exitCode, 1);
        QVERIFY2(result.error.contains(port), result.error.constData());
    }

    void wildcardAddressWithoutKeysStartsWithAWarning()
    {
        const QByteArray providers = "providers:\n  a: {type: simulator}\nrouting:\n  routes:\n"
                                     "    - {name: r, targets: [{provider: a}]}\n";
        GatewayProcess open;
        QVERIFY(open.start("server: {host: 0.0.0.0}\n" + providers));
        QVERIFY(open.waitForLog("ANYBODY WHO REACHES THIS PORT"));
        GatewayProcess closed;
        QVERIFY(closed.start("server: {host: 0.0.0.0}\n"
                             "security: {provider: api_key, api_key: {keys: [{value: a-client-key}]}}\n" +
                             providers));
        QCOMPARE(closed.terminate(), 0);
        QVERIFY2(!closed.log().contains("ANYBODY WHO REACHES THIS PORT"), closed.log().constData());
    }

    void variablesComeFromEnvironmentAndDotEnv()
    {
        GatewayFixture fixture;
        fixture.gateway.setEnvironment("LG_TEST_KEY=sk-from-environment");
        QByteArray yaml = simpleConfig(fixture.upstream);
        yaml.replace(kProviderKey, "${LG_TEST_KEY}").replace("fake-model", "${LG_TEST_MODEL}");
        QFile dotEnv(QFileInfo(fixture.gateway.configPath()).path() + QStringLiteral("/.env"));
        QVERIFY(dotEnv.open(QIODevice::WriteOnly));
        dotEnv.write("LG_TEST_MODEL=model-from-file\nLG_TEST_KEY=sk-must-not-win\n");
        dotEnv.close();
        QVERIFY(fixture.gateway.start(yaml));
        QCOMPARE(fixture.chat().status, 200);
        QCOMPARE(fixture.upstream.lastRequest().header("Authorization"), "Bearer sk-from-environment");
        QVERIFY(fixture.upstream.lastRequest().body.contains("model-from-file"));
    }

private:
    QString write(const QByteArray &yaml)
    {
        QFile file(m_folder.filePath(QStringLiteral("config.yaml")));
        if (!file.open(QIODevice::WriteOnly | QIODevice::Truncate) || file.write(yaml) != yaml.size())
            qFatal("cannot write %s", qPrintable(file.fileName()));
        return file.fileName();
    }

    QTemporaryDir m_folder;
};

QTEST_GUILESS_MAIN(CommandLineTest)
#include "tst_command_line.moc"
