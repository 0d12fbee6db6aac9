// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/config_reader.h"

#include "tests/unit/config/config_reading.h"

#include <QDir>
#include <QFile>
#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>

using namespace lunargate;
using namespace lunargate::test;

/// Files on disk: the examples that are shipped, `.env` files, what cannot be read.
class ConfigFileTest : public QObject
{
    Q_OBJECT

private:
    /// Makes two directories, the second one the working directory.
    void makeDirectories()
    {
        m_directory.emplace();
        QVERIFY(m_directory->isValid());
        QVERIFY(QDir(m_directory->path()).mkdir(QStringLiteral("config")));
        QVERIFY(QDir(m_directory->path()).mkdir(QStringLiteral("work")));
        QVERIFY(QDir::setCurrent(m_directory->filePath(QStringLiteral("work"))));
    }

    QString path(const char *name) const { return m_directory->filePath(QString::fromUtf8(name)); }

    void write(const char *name, const QByteArray &text)
    {
        QFile file(path(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(text), text.size());
    }

    std::optional<QTemporaryDir> m_directory;
    QString m_originalDirectory = QDir::currentPath();

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void cleanup() { QVERIFY(QDir::setCurrent(m_originalDirectory)); }

    void aTextIsReadAsIfItStoodInTheFile()
    {
        makeDirectories();
        write("config/.env", "MY_KEY=from the folder\n");
        write("config/c.yaml", "nothing: of this is read\n");
        const QByteArray text = "providers: {openai: {api_key: \"${MY_KEY}\"}}\n"
                                "routing: {routes: [{name: r, targets: [{provider: openai}]}]}\n";
        const ConfigReading reading = readConfigFileWith(text, path("config/c.yaml"), {});
        QCOMPARE(textOf(reading.problems), QByteArray());
        QCOMPARE(reading.config->providers.front().apiKey.reveal(), "from the folder");
        QCOMPARE(readConfigFileWith("providers: 5\n", path("config/missing.yaml"), {}).problems.front().file,
                 path("config/missing.yaml").toUtf8());
        write("config/c.yaml", text);
        QCOMPARE(readConfigFile(path("config/c.yaml"), {}).digest, reading.digest);
    }

    void examplesLoadWithoutProblems_data()
    {
        QTest::addColumn<QString>("name");
        QTest::newRow("full") << QStringLiteral("config.example.yaml");
        QTest::newRow("minimal") << QStringLiteral("config.simple.yaml");
        QTest::newRow("simulator") << QStringLiteral("config.simulator.yaml");
    }
    void examplesLoadWithoutProblems()
    {
        QFETCH(QString, name);
        makeDirectories();
        const Environment environment({{"OPENAI_API_KEY", "a"},
                                       {"OPENAI_BACKUP_API_KEY", "b"},
                                       {"ANTHROPIC_API_KEY", "c"},
                                       {"ABACUS_API_KEY", "d"}});
        const ConfigReading reading =
            readConfigFile(QStringLiteral(LUNARGATE_SOURCE_DIR "/config/") + name, environment);
        QCOMPARE(textOf(reading.problems), QByteArray());
        QVERIFY(reading.config);
        QCOMPARE(reading.config->server.host, QByteArray());
        QVERIFY(!reading.config->security.enabled);
    }

    void examplesLoadWithoutVariables()
    {
        makeDirectories();
        const QString path = QStringLiteral(LUNARGATE_SOURCE_DIR "/config/config.example.yaml");
        const ConfigReading reading = readConfigFile(path, Environment());
        QVERIFY(reading.config);
        QCOMPARE(reading.problems.size(), 4U); // a warning for each key
    }

    void damagedFilesAreRefusedWithAReason()
    {
        QFile file(QStringLiteral(LUNARGATE_SOURCE_DIR "/config/config.example.yaml"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray whole = file.readAll();
        QRandomGenerator random(20260412); // any number, so that every run is the same
        for (int run = 0; run < 400; ++run) {
            QByteArray text = whole.first(random.bounded(static_cast<int>(whole.size())) + 1);
            for (int change = run % 4; change > 0; --change) {
                constexpr QByteArrayView pieces = "{}[]:,-&*!|>'\"%@`#? \n\t${}<\xff";
                text[random.bounded(static_cast<int>(text.size()))] =
                    pieces[random.bounded(static_cast<int>(pieces.size()))];
            }
            const ConfigReading reading = readText(text);
            const bool hasError = std::ranges::any_of(reading.problems, [](const ConfigProblem &problem) {
                return problem.severity == ConfigProblem::Severity::Error;
            });
            QVERIFY2(reading.config.has_value() != hasError, text.constData());
        }
    }

    void dotEnvFilesRankBelowTheEnvironment()
    {
        makeDirectories();
        write("config/c.yaml", "providers: {openai: {api_key: '${A}', default_model: '${B}', organization: '${C}'}}\n"
                               "routing: {routes: [{targets: [{provider: openai}]}]}\n");
        write("config/.env", "A=config\nB=config\nSERVER_PORT=7\n");
        write("work/.env", "A=work\nB=work\nC=${B}-work\n");
        const ConfigReading reading = readConfigFile(path("config/c.yaml"), Environment({{"A", "real"}}));
        QCOMPARE(textOf(reading.problems), QByteArray());
        QVERIFY(reading.config);
        QCOMPARE(reading.config->providers[0].apiKey.reveal(), "real");
        QCOMPARE(reading.config->providers[0].defaultModel, "config");
        QCOMPARE(reading.config->providers[0].organization, "config-work");
        QCOMPARE(reading.config->server.port, 7);
    }

    void oneDotEnvFileIsReadOnce()
    {
        makeDirectories();
        write("work/c.yaml", kMinimum);
        write("work/.env", "A=\"b\n");
        const ConfigReading reading = readConfigFile(QStringLiteral("c.yaml"), Environment());
        QVERIFY(reading.config);
        QCOMPARE(reading.problems.size(), 1U);
    }

    void badDotEnvFileRefusesTheConfiguration()
    {
        makeDirectories();
        write("config/c.yaml", "server: {port: x}\n" + kMinimum);
        write("config/.env", "A=1\nnonsense\n");
        const ConfigReading reading = readConfigFile(path("config/c.yaml"), Environment());
        QVERIFY(!reading.config);
        QCOMPARE(reading.problems.size(), 2U);
        QCOMPARE(QString::fromUtf8(reading.problems[0].file), path("config/.env"));
        QCOMPARE(reading.problems[0].line, 2);
        QCOMPARE(reading.problems[1].path, "server.port");
    }

    void problemsNameTheFileAsItWasGiven()
    {
        makeDirectories();
        write("work/c.yaml", "server: {prot: 1}\n" + kMinimum);
        const ConfigReading reading = readConfigFile(QStringLiteral("./c.yaml"), Environment());
        QCOMPARE(textOf(reading.problems),
                 "./c.yaml:1:10: warning: server.prot: unknown key, ignored; did you mean `port`?");
    }

    void jsonFileIsRead()
    {
        makeDirectories();
        write("work/c.json",
              "{\n\t\"providers\": {\"openai\": {\"api_key\": \"k\"}},\n"
              "\t\"routing\": {\"routes\": [{\"name\": \"r\", \"targets\": [{\"provider\": \"openai\"}]}]},\n"
              "\t\"server\": {\"port\": 70000}\n}\n");
        const ConfigReading reading = readConfigFile(QStringLiteral("c.json"), Environment());
        QCOMPARE(textOf(reading.problems),
                 "c.json:4:21: server.port: expected a whole number from 0 to 65535, found `70000`");
    }

    void unreadableFilesAreReported()
    {
        makeDirectories();
        const ConfigReading missing = readConfigFile(QStringLiteral("none.yaml"), Environment());
        QVERIFY(!missing.config);
        QCOMPARE(textOf(missing.problems), "none.yaml: cannot be read: No such file or directory");
        const ConfigReading directory = readConfigFile(path("config"), Environment());
        QVERIFY(!directory.config);
        QCOMPARE(directory.problems.size(), 1U);
        const ConfigReading toml = readConfigFile(QStringLiteral("c.toml"), Environment());
        QVERIFY(!toml.config);
        QCOMPARE(textOf(toml.problems), "c.toml: TOML is not supported; write the configuration as YAML or JSON");
    }
};

QTEST_GUILESS_MAIN(ConfigFileTest)
#include "tst_config_file.moc"
