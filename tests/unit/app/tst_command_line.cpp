// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/command_line.h"

#include "gateway/version.h"

#include <QTest>

namespace lunargate {

using namespace Qt::StringLiterals;

class CommandLineTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void runsByDefault();
    void takesTheConfigurationFile_data();
    void takesTheConfigurationFile();
    void takesWhatOverridesTheConfiguration();
    void writesWhatItTakes();
    void takesEveryLogLevel_data();
    void takesEveryLogLevel();
    void checks_data();
    void checks();
    void changesKeys_data();
    void changesKeys();
    void bindsKeysToAddresses();
    void explains();
    void explainsWithMore();
    void explainsPaths();
    void printsHelpAndVersion_data();
    void printsHelpAndVersion();
    void refusesWithStatus2_data();
    void refusesWithStatus2();
};

namespace {

Command read(const QStringList &arguments)
{
    return readCommandLine(QStringList{u"lunargate"_s} + arguments);
}

// The run that `arguments` ask for; the test fails if they ask for anything else.
RunCommand readRun(const QStringList &arguments)
{
    const Command command = read(arguments);
    if (const auto *text = std::get_if<PrintCommand>(&command))
        qWarning("%s", qUtf8Printable(text->text));
    const auto *run = std::get_if<RunCommand>(&command);
    return run ? *run : RunCommand{};
}

} // namespace

void CommandLineTest::runsByDefault()
{
    const RunCommand run = readRun({});
    QCOMPARE(run.configFile, u"config.yaml"_s);
    QVERIFY(!run.isConfigGiven);
    QVERIFY(!run.isHeadless);
    QVERIFY(!run.host);
    QVERIFY(!run.port);
    QVERIFY(!run.workers);
    QVERIFY(!run.logLevel);
}

void CommandLineTest::takesTheConfigurationFile_data()
{
    // The spellings of the existing gateway's command line, which its service files use.
    QTest::addColumn<QStringList>("arguments");
    QTest::newRow("--config FILE") << QStringList{u"--config"_s, u"a b.yaml"_s};
    QTest::newRow("--config=FILE") << QStringList{u"--config=a b.yaml"_s};
    QTest::newRow("-config FILE") << QStringList{u"-config"_s, u"a b.yaml"_s};
    QTest::newRow("-config=FILE") << QStringList{u"-config=a b.yaml"_s};
    QTest::newRow("-c FILE") << QStringList{u"-c"_s, u"a b.yaml"_s};
}

void CommandLineTest::takesTheConfigurationFile()
{
    QFETCH(const QStringList, arguments);
    const RunCommand run = readRun(arguments);
    QCOMPARE(run.configFile, u"a b.yaml"_s);
    QVERIFY(run.isConfigGiven);
}

void CommandLineTest::takesWhatOverridesTheConfiguration()
{
    const RunCommand run = readRun({u"--no-gui"_s, u"--host"_s, u"0.0.0.0"_s, u"--port"_s, u"0"_s, u"--workers"_s,
                                    u"3"_s, u"--log-level"_s, u"debug"_s});
    QVERIFY(run.isHeadless);
    QCOMPARE(run.host, "0.0.0.0");
    QCOMPARE(run.port, 0);
    QCOMPARE(run.workers, 3);
    QCOMPARE(run.logLevel, LogLevel::Debug);
}

void CommandLineTest::writesWhatItTakes()
{
    const QStringList arguments{u"--config"_s, u"a b.yaml"_s,  u"--host"_s, u"0.0.0.0"_s,     u"--port"_s,
                                u"9"_s,        u"--workers"_s, u"3"_s,      u"--log-level"_s, u"warn"_s};
    QCOMPARE(argumentsOf(readRun(arguments)), arguments);
    QCOMPARE(argumentsOf(readRun({u"--no-gui"_s})), QStringList());
}

void CommandLineTest::takesEveryLogLevel_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<LogLevel>("level");
    QTest::newRow("trace") << u"trace"_s << LogLevel::Trace;
    QTest::newRow("debug") << u"debug"_s << LogLevel::Debug;
    QTest::newRow("info") << u"info"_s << LogLevel::Info;
    QTest::newRow("warn") << u"warn"_s << LogLevel::Warning;
    QTest::newRow("warning") << u"warning"_s << LogLevel::Warning;
    QTest::newRow("error") << u"error"_s << LogLevel::Error;
    QTest::newRow("fatal") << u"fatal"_s << LogLevel::Error;
    QTest::newRow("panic") << u"panic"_s << LogLevel::Error;
    QTest::newRow("disabled") << u"disabled"_s << LogLevel::Disabled;
    QTest::newRow("capitals") << u" INFO "_s << LogLevel::Info;
}

void CommandLineTest::takesEveryLogLevel()
{
    QFETCH(const QString, text);
    QFETCH(const LogLevel, level);
    QCOMPARE(readRun({u"--log-level"_s, text}).logLevel, level);
}

void CommandLineTest::checks_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("file");
    QTest::addColumn<bool>("isStrict");
    QTest::newRow("default file") << QStringList{u"check"_s} << u"config.yaml"_s << false;
    QTest::newRow("named file") << QStringList{u"check"_s, u"a.yaml"_s} << u"a.yaml"_s << false;
    QTest::newRow("file of --config") << QStringList{u"--config"_s, u"a.yaml"_s, u"check"_s} << u"a.yaml"_s << false;
    QTest::newRow("the named file wins") << QStringList{u"--config"_s, u"a.yaml"_s, u"check"_s, u"b.yaml"_s}
                                         << u"b.yaml"_s << false;
    QTest::newRow("strict") << QStringList{u"check"_s, u"--strict"_s, u"a.yaml"_s} << u"a.yaml"_s << true;
}

void CommandLineTest::checks()
{
    QFETCH(const QStringList, arguments);
    QFETCH(const QString, file);
    QFETCH(const bool, isStrict);
    const Command command = read(arguments);
    const auto *check = std::get_if<CheckCommand>(&command);
    QVERIFY(check);
    QCOMPARE(check->configFile, file);
    QCOMPARE(check->isStrict, isStrict);
}

void CommandLineTest::changesKeys_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QByteArray>("name"); // empty: it is no such command
    QTest::addColumn<KeysCommand::Action>("action");
    using enum KeysCommand::Action;
    QTest::newRow("set") << QStringList{u"keys"_s, u"set"_s, u"open-ai"_s} << QByteArray("open-ai") << Set;
    QTest::newRow("delete") << QStringList{u"keys"_s, u"delete"_s, u"a.b_c"_s} << QByteArray("a.b_c") << Delete;
    QTest::newRow("older set") << QStringList{u"key"_s, u"set"_s, u"open-ai"_s} << QByteArray("open-ai") << Set;
    QTest::newRow("older remove") << QStringList{u"key"_s, u"remove"_s, u"a.b_c"_s} << QByteArray("a.b_c") << Delete;
    QTest::newRow("no action") << QStringList{u"keys"_s} << QByteArray() << Set;
    QTest::newRow("no name") << QStringList{u"keys"_s, u"set"_s} << QByteArray() << Set;
    QTest::newRow("a secret as argument") << QStringList{u"keys"_s, u"set"_s, u"a"_s, u"sk-1"_s} << QByteArray() << Set;
    QTest::newRow("a list of one") << QStringList{u"keys"_s, u"list"_s, u"a"_s} << QByteArray() << Set;
    QTest::newRow("another action") << QStringList{u"keys"_s, u"show"_s, u"a"_s} << QByteArray() << Set;
    QTest::newRow("no possible name") << QStringList{u"keys"_s, u"set"_s, u"a b"_s} << QByteArray() << Set;
    QTest::newRow("the name of the list") << QStringList{u"keys"_s, u"set"_s, u":names"_s} << QByteArray() << Set;
    QTest::newRow("no address") << QStringList{u"keys"_s, u"set"_s, u"a"_s, u"--origin"_s, u"openai"_s} << QByteArray()
                                << Set;
}

void CommandLineTest::changesKeys()
{
    QFETCH(const QStringList, arguments);
    QFETCH(const QByteArray, name);
    QFETCH(const KeysCommand::Action, action);
    const Command command = read(arguments);
    if (name.isEmpty()) {
        const auto *text = std::get_if<PrintCommand>(&command);
        QVERIFY(text);
        QCOMPARE(text->exitCode, 2);
        return;
    }
    const auto *keys = std::get_if<KeysCommand>(&command);
    QVERIFY(keys);
    QCOMPARE(keys->name, name);
    QCOMPARE(keys->action, action);
    QVERIFY(!keys->origin);
}

void CommandLineTest::bindsKeysToAddresses()
{
    const auto originOf = [](const QString &given) {
        return std::get<KeysCommand>(read({u"keys"_s, u"set"_s, u"a"_s, u"--origin"_s, given})).origin;
    };
    QCOMPARE(originOf(u"https://API.openai.com:443/v1"_s), QByteArray("https://api.openai.com"));
    QCOMPARE(originOf(u"any"_s), QByteArray());
    QVERIFY(std::holds_alternative<KeysCommand>(read({u"keys"_s, u"list"_s})));
}

void CommandLineTest::explains()
{
    const Command command = read({u"explain"_s, u"request.json"_s});
    const auto *explain = std::get_if<ExplainCommand>(&command);
    QVERIFY(explain);
    QCOMPARE(explain->requestFile, u"request.json"_s);
    QCOMPARE(explain->configFile, u"config.yaml"_s);
    QVERIFY(!explain->isConfigGiven);
    QVERIFY(explain->endpoint == ExplainedEndpoint::Chat);
    QVERIFY(!explain->isJson);
    QVERIFY(explain->headers.empty());
}

void CommandLineTest::explainsWithMore()
{
    const Command command = read({u"explain"_s, u"-"_s, u"--config"_s, u"a.yaml"_s, u"-H"_s, u"X-Team: red: blue "_s,
                                  u"--header"_s, u"X-App:"_s, u"--endpoint"_s, u"embeddings"_s, u"--json"_s});
    const auto *explain = std::get_if<ExplainCommand>(&command);
    QVERIFY(explain);
    QCOMPARE(explain->requestFile, u"-"_s);
    QCOMPARE(explain->configFile, u"a.yaml"_s);
    QVERIFY(explain->isConfigGiven);
    QVERIFY(explain->endpoint == ExplainedEndpoint::Embeddings);
    QVERIFY(explain->isJson);
    using Headers = std::vector<std::pair<QByteArray, QByteArray>>;
    QCOMPARE(explain->headers, (Headers{{"X-Team", "red: blue"}, {"X-App", ""}}));
}

void CommandLineTest::explainsPaths()
{
    const Command command = read({u"explain"_s, u"r.json"_s, u"--path"_s, u"/v1/messages"_s});
    const auto *explain = std::get_if<ExplainCommand>(&command);
    QVERIFY(explain);
    QVERIFY(explain->endpoint == ExplainedEndpoint::Messages);
    const Command wrong = read({u"explain"_s, u"r.json"_s, u"--path"_s, u"/v1/models"_s});
    const auto *print = std::get_if<PrintCommand>(&wrong);
    QVERIFY(print);
    QVERIFY2(print->text.contains(u"--path takes a path such as /v1/messages"_s), qPrintable(print->text));
}

void CommandLineTest::printsHelpAndVersion_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("text");
    const QString versionText = u"lunargate "_s + QString::fromUtf8(version());
    QTest::newRow("--help") << QStringList{u"--help"_s} << u"--config"_s;
    QTest::newRow("-help") << QStringList{u"-help"_s} << u"--config"_s;
    QTest::newRow("-h") << QStringList{u"-h"_s} << u"--no-gui"_s;
    QTest::newRow("help wins") << QStringList{u"--port"_s, u"x"_s, u"--help"_s} << u"--port"_s;
    QTest::newRow("--version") << QStringList{u"--version"_s} << versionText;
    QTest::newRow("-v") << QStringList{u"-v"_s} << versionText;
}

void CommandLineTest::printsHelpAndVersion()
{
    QFETCH(const QStringList, arguments);
    QFETCH(const QString, text);
    const Command command = read(arguments);
    const auto *print = std::get_if<PrintCommand>(&command);
    QVERIFY(print);
    QCOMPARE(print->exitCode, 0);
    QVERIFY2(print->text.contains(text), qUtf8Printable(print->text));
}

void CommandLineTest::refusesWithStatus2_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("text");
    QTest::newRow("unknown option") << QStringList{u"--nonsense"_s} << u"nonsense"_s;
    QTest::newRow("option without value") << QStringList{u"--config"_s} << u"config"_s;
    QTest::newRow("unknown command") << QStringList{u"serve"_s} << u"'serve'"_s;
    QTest::newRow("two files") << QStringList{u"check"_s, u"a"_s, u"b"_s} << u"check takes one file"_s;
    QTest::newRow("nothing to explain") << QStringList{u"explain"_s} << u"explain takes one file"_s;
    QTest::newRow("two to explain") << QStringList{u"explain"_s, u"a"_s, u"b"_s} << u"explain takes one file"_s;
    QTest::newRow("header without a colon") << QStringList{u"explain"_s, u"a"_s, u"-H"_s, u"x"_s} << u"not 'x'"_s;
    QTest::newRow("header without a name") << QStringList{u"explain"_s, u"a"_s, u"-H"_s, u": x"_s} << u"not ': x'"_s;
    QTest::newRow("unknown endpoint") << QStringList{u"explain"_s, u"a"_s, u"--endpoint"_s, u"images"_s}
                                      << u"ollama_generate, embeddings, not 'images'"_s;
    QTest::newRow("port over 65535") << QStringList{u"--port"_s, u"65536"_s} << u"from 0 to 65535, not '65536'"_s;
    QTest::newRow("negative port") << QStringList{u"--port=-1"_s} << u"from 0 to 65535, not '-1'"_s;
    QTest::newRow("port that is no number") << QStringList{u"--port"_s, u"80a"_s} << u"not '80a'"_s;
    QTest::newRow("empty port") << QStringList{u"--port="_s} << u"from 0 to 65535"_s;
    QTest::newRow("no workers") << QStringList{u"--workers"_s, u"0"_s} << u"from 1 to 256"_s;
    QTest::newRow("log level") << QStringList{u"--log-level"_s, u"loud"_s} << u"not 'loud'"_s;
}

void CommandLineTest::refusesWithStatus2()
{
    QFETCH(const QStringList, arguments);
    QFETCH(const QString, text);
    const Command command = read(arguments);
    const auto *print = std::get_if<PrintCommand>(&command);
    QVERIFY(print);
    QCOMPARE(print->exitCode, 2);
    QVERIFY2(print->text.contains(text), qUtf8Printable(print->text));
    QVERIFY(print->text.contains(u"--help"_s)); // and how it is done right
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::CommandLineTest)
#include "tst_command_line.moc"
