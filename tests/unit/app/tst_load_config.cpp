// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/load_config.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

namespace lunargate {

using namespace Qt::StringLiterals;

/// What the command line makes of a configuration.
class LoadConfigTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void bodiesAreKeptForAWindow_data()
    {
        QTest::addColumn<QByteArray>("history");
        QTest::addColumn<bool>("isHeadless");
        QTest::addColumn<HistoryCapture>("expected");
        QTest::newRow("window") << QByteArray() << false << HistoryCapture::Bodies;
        QTest::newRow("no window") << QByteArray() << true << HistoryCapture::Metadata;
        QTest::newRow("as written") << QByteArray("history: {capture: none}\n") << false << HistoryCapture::None;
    }

    void bodiesAreKeptForAWindow()
    {
        QFETCH(const QByteArray, history);
        QFETCH(const bool, isHeadless);
        QFETCH(const HistoryCapture, expected);
        const QTemporaryDir folder;
        QFile file(folder.filePath(u"config.yaml"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("providers: {simulator: {type: simulator, default_model: m}}\n"
                   "routing: {routes: [{name: all, targets: [{provider: simulator, model: m}]}]}\n" +
                   history);
        file.close();
        RunCommand command;
        command.configFile = file.fileName();
        command.isHeadless = isHeadless;
        const LoadedConfig loaded = loadConfig(command);
        QVERIFY(loaded.reading.config);
        QCOMPARE(loaded.reading.config->history.capture, expected);
    }
};

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::LoadConfigTest)
#include "tst_load_config.moc"
