// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/config_reader.h"

#include "tests/unit/config/config_reading.h"

#include <QTest>

using namespace lunargate;
using namespace lunargate::test;

/// Files on disk: the examples that are shipped, `.env` files, what cannot be read.
class ConfigFileTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

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
        const Environment environment({{"OPENAI_API_KEY", "a"},
                                       {"OPENAI_BACKUP_API_KEY", "b"},
                                       {"ANTHROPIC_API_KEY", "c"},
                                       {"ABACUS_API_KEY", "d"}});
        const ConfigReading reading =
            readConfigFile(QStringLiteral(LUNARGATE_SOURCE_DIR "/config/") + name, environment);
        QCOMPARE(textOf(reading.problems), QByteArray());
        QVERIFY(reading.config);
        QCOMPARE(reading.config->server.host, QByteArray());
    }
};

QTEST_GUILESS_MAIN(ConfigFileTest)
#include "tst_config_file.moc"
