// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/config_reader.h"

#include "tests/unit/config/config_reading.h"

#include <QTest>

using namespace lunargate;
using namespace lunargate::test;

/// That every key of the file reaches its field.
class ConfigReaderTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void minimalFileHasTheDefaults()
    {
        const ConfigReading reading = readText(kMinimum);
        QCOMPARE(textOf(reading.problems), QByteArray());
        QVERIFY(reading.config);
        const Config &config = *reading.config;
        QCOMPARE(config.server.host, QByteArray());
        QCOMPARE(config.server.port, 8080);
        QCOMPARE(config.providers.size(), 1U);
        const ProviderConfig &provider = config.providers.front();
        QCOMPARE(provider.id, "openai");
        QCOMPARE(provider.type, "openai");
        QCOMPARE(provider.apiKey.reveal(), "k");
        QCOMPARE(provider.defaultModel, "gpt-4-turbo");
        QCOMPARE(provider.timeout, 120s);
        QCOMPARE(provider.line, 1);
        QCOMPARE(config.routing.routes.size(), 1U);
        QCOMPARE(config.routing.routes.front().name, "r");
        QCOMPARE(config.routing.routes.front().line, 2);
        QCOMPARE(config.routing.routes.front().targets.front().weight, 0);
        QCOMPARE(config.retry.retryableErrors, QList<int>({429, 500, 502, 503, 504}));
        QVERIFY(!config.security.enabled);
    }
};

QTEST_GUILESS_MAIN(ConfigReaderTest)
#include "tst_config_reader.moc"
