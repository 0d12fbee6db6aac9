// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/config/config_reading.h"

using namespace lunargate;
using namespace lunargate::test;

class AdminSectionTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void isOnTheGatewaysPortByItself()
    {
        const auto config = readClean(kMinimum);
        QVERIFY(config && config->admin.enabled && !config->admin.port);
        QVERIFY(config->admin.token.isEmpty() && config->admin.tokenFile.isEmpty());
    }

    void readsAll()
    {
        const auto config = readClean(kMinimum + "admin: {enabled: false, port: 0, token: token-of-sixteen}");
        QVERIFY(config && !config->admin.enabled);
        QCOMPARE(config->admin.port, std::optional(0));
        QCOMPARE(config->admin.token.reveal(), QByteArray("token-of-sixteen"));
    }

    void theFileIsSeenFromTheConfigurationsFolder()
    {
        const QByteArray text = kMinimum + "admin: {token_file: t}";
        const ConfigReading reading = readConfigText(text, "/etc/gate/c.yaml", Environment());
        QVERIFY(reading.config);
        QCOMPARE(reading.config->admin.tokenFile, QByteArray("/etc/gate/t"));
    }

    void tokensThatCannotBeSentOrCanBeGuessed_data()
    {
        QTest::addColumn<QByteArray>("token");
        QTest::addColumn<bool>("isError");
        QTest::addColumn<QByteArray>("problem");
        QTest::newRow("a space") << QByteArray("'two words of a token'") << true << QByteArray("printable ASCII");
        QTest::newRow("no ASCII") << QByteArray("schl\xc3\xbcssel-of-sixteen") << true << QByteArray("printable ASCII");
        QTest::newRow("short") << QByteArray("short") << false << QByteArray("can be guessed");
    }

    void tokensThatCannotBeSentOrCanBeGuessed()
    {
        QFETCH(const QByteArray, token);
        QFETCH(const bool, isError);
        QFETCH(const QByteArray, problem);
        const ConfigReading reading = readText(kMinimum + "admin: {token: " + token + "}");
        QCOMPARE(reading.config.has_value(), !isError);
        QCOMPARE(reading.problems.size(), 1u);
        QCOMPARE(reading.problems.front().path, QByteArray("admin.token"));
        QVERIFY2(reading.problems.front().message.contains(problem), textOf(reading.problems).constData());
        QVERIFY(!textOf(reading.problems).contains("sixteen"));
    }

    // With a window requests are kept whole, unless the file says otherwise.
    void theHistorysCaptureHasTheDefaultThatIsGiven()
    {
        const ConfigDefaults withWindow{.historyCapture = HistoryCapture::Bodies};
        const auto captureOf = [&](const QByteArray &section, const ConfigDefaults &defaults) {
            return readConfigText(kMinimum + section, "c.yaml", Environment(), defaults).config->history.capture;
        };
        QCOMPARE(captureOf("", {}), HistoryCapture::Metadata);
        QCOMPARE(captureOf("", withWindow), HistoryCapture::Bodies);
        QCOMPARE(captureOf("history: {max_count: 9}", withWindow), HistoryCapture::Bodies);
        QCOMPARE(captureOf("history: {capture: metadata}", withWindow), HistoryCapture::Metadata);
        QCOMPARE(captureOf("history: {capture: none}", withWindow), HistoryCapture::None);
        QCOMPARE(captureOf("history: {capture: bodies}", {}), HistoryCapture::Bodies);
    }
};

QTEST_APPLESS_MAIN(AdminSectionTest)
#include "tst_admin_section.moc"
