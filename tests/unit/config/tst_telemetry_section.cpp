// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/config/config_reading.h"

using namespace lunargate;
using namespace lunargate::test;

/// Which names are told to OpenTelemetry.
class TelemetrySectionTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void theConventionsOwnSwitchChoosesTheNames_data()
    {
        QTest::addColumn<QByteArray>("words");
        QTest::addColumn<QByteArray>("yaml");
        QTest::addColumn<bool>("isLatest");
        const QByteArray optIn = "gen_ai_latest_experimental";
        QTest::newRow("neither") << QByteArray() << QByteArray() << false;
        QTest::newRow("switch") << optIn << QByteArray() << true;
        QTest::newRow("switch among others") << "http/dup, " + optIn << QByteArray() << true;
        QTest::newRow("other switches") << QByteArray("http,gen_ai") << QByteArray() << false;
        QTest::newRow("the file wins") << optIn << QByteArray("telemetry: {genai_semconv: v1.41}\n") << false;
        QTest::newRow("the file alone") << QByteArray() << QByteArray("telemetry: {genai_semconv: latest}\n") << true;
    }
    void theConventionsOwnSwitchChoosesTheNames()
    {
        QFETCH(QByteArray, words);
        QFETCH(QByteArray, yaml);
        QFETCH(bool, isLatest);
        const auto config = readClean(kMinimum + yaml, {{"OTEL_SEMCONV_STABILITY_OPT_IN", words}});
        QVERIFY(config);
        QCOMPARE(config->telemetry.genAiNames == GenAiNames::Latest, isLatest);
    }

    void theEndpointIsAnAddressAlone_data()
    {
        QTest::addColumn<QByteArray>("endpoint");
        QTest::addColumn<bool>("isGood");
        QTest::newRow("plain") << QByteArray("http://otel.test:4318") << true;
        QTest::newRow("with a path") << QByteArray("https://otel.test/otlp/") << true;
        QTest::newRow("query") << QByteArray("http://otel.test/?key=1") << false;
        QTest::newRow("empty query") << QByteArray("http://otel.test/?") << false;
        QTest::newRow("fragment") << QByteArray("http://otel.test/#part") << false;
        QTest::newRow("user") << QByteArray("http://user:pass@otel.test") << false;
    }
    void theEndpointIsAnAddressAlone()
    {
        QFETCH(QByteArray, endpoint);
        QFETCH(bool, isGood);
        const ConfigReading reading = readText(kMinimum + "telemetry: {endpoint: \"" + endpoint + "\"}\n");
        QCOMPARE(textOf(reading.problems).contains("telemetry.headers"), !isGood);
        QCOMPARE(reading.config.has_value(), isGood);
    }

    void headersAreNoneOfTheMessageItself()
    {
        const ConfigReading reading = readText(kMinimum + "telemetry: {headers: {Host: a, x-a: \"b\\r\\nc: d\"}}\n");
        QCOMPARE(textOf(reading.problems),
                 "c.yaml:3:29: telemetry.headers.Host: the gateway sets this header by itself; remove it here\n"
                 "c.yaml:3:37: telemetry.headers.x-a: a header's value must not have a line break or another control "
                 "character");
    }
};

QTEST_APPLESS_MAIN(TelemetrySectionTest)
#include "tst_telemetry_section.moc"
