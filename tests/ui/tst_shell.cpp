// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/test_desktop.h"
#include "ui/shell/client_environment.h"
#include "ui/shell/command_palette.h"
#include "ui/shell/settings_page.h"
#include "ui/shell/single_instance.h"

#include "gateway/api/endpoints.h"

#include <QDir>
#include <QLineEdit>
#include <QSignalSpy>
#include <QTest>
#include <QThread>

using namespace lunargate;
using namespace lunargate::ui;

/// The parts around the pages.
class ShellTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        test::failOnOwnWarnings();
        m_folder = std::make_unique<QTemporaryDir>();
    }

    void settingsAreOffAtFirstAndKept()
    {
        const QString file = m_folder->filePath(QStringLiteral("desktop.ini"));
        {
            Settings settings(file);
            QVERIFY(!settings.startsMinimised());
            QVERIFY(!settings.closesToTray());
            QCOMPARE(settings.theme(), Theme::Choice::System);
            QVERIFY(settings.notifiesOf(NotificationKind::Circuit));
            settings.setStartsMinimised(true);
            settings.setTheme(Theme::Choice::Dark);
            settings.setNotifiesOf(NotificationKind::Key, false);
            settings.setSavedFilters({{QStringLiteral("slow ones"), QStringLiteral("ttft:>2s \"a b\"")}});
            settings.setPinnedRequests({QStringLiteral("one")});
        }
        Settings settings(file);
        QVERIFY(settings.startsMinimised());
        QVERIFY(!settings.closesToTray());
        QCOMPARE(settings.theme(), Theme::Choice::Dark);
        QVERIFY(!settings.notifiesOf(NotificationKind::Key));
        QVERIFY(settings.notifiesOf(NotificationKind::Config));
        QCOMPARE(settings.savedFilters().value(QStringLiteral("slow ones")), QStringLiteral("ttft:>2s \"a b\""));
        QCOMPARE(settings.pinnedRequests(), QStringList{QStringLiteral("one")});
    }

    void autostartIsAFileThatCanBeTakenAway()
    {
        const Autostart autostart(m_folder->filePath(QStringLiteral("autostart")));
        QVERIFY(!autostart.isOn());
        QCOMPARE(autostart.turnOn({.arguments = {QStringLiteral("/opt/a \"b\"/lunargate"), QStringLiteral("--config"),
                                                 QStringLiteral("/etc/100%/config.yaml")},
                                   .folder = QStringLiteral("/home/me/a\\b c")}),
                 QString());
        QVERIFY(autostart.isOn());
        QFile file(autostart.file());
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray text = file.readAll();
        QVERIFY2(text.contains("\nExec=\"/opt/a \\\\\"b\\\\\"/lunargate\" \"--config\" \"/etc/100%%/config.yaml\"\n"),
                 text.constData());
        QVERIFY2(text.contains("\nPath=/home/me/a\\\\b c\n"), text.constData());
        QCOMPARE(autostart.turnOff(), QString());
        QVERIFY(!autostart.isOn());
        QVERIFY(!QFile::exists(autostart.file()));
    }

    void autostartThatTheDesktopSwitchedOffIsOff()
    {
        const Autostart autostart(m_folder->path());
        QFile file(autostart.file());
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("[Desktop Entry]\nExec=lunargate\nHidden=true\n");
        file.close();
        QVERIFY(!autostart.isOn());
    }

    void autostartSaysWhyItCannotBeTurnedOn()
    {
        QFile inTheWay(m_folder->filePath(QStringLiteral("autostart")));
        QVERIFY(inTheWay.open(QIODevice::WriteOnly));
        const Autostart autostart(inTheWay.fileName());
        QVERIFY(autostart.turnOn({.arguments = {QStringLiteral("/usr/bin/lunargate")}, .folder = {}})
                    .contains(autostart.file()));
        QVERIFY(!autostart.isOn());
    }

    void clientsAreToldTheirOwnKindOfAddress()
    {
        QStringList texts;
        for (const ClientEnvironment &client : clientEnvironments())
            texts.append(client.text(QStringLiteral("http://127.0.0.1:8080")));
        QCOMPARE(texts.size(), 4);
        QVERIFY(texts[0].contains(QStringLiteral("OPENAI_BASE_URL=http://127.0.0.1:8080/v1\n")));
        QVERIFY(texts[1].contains(QStringLiteral("ANTHROPIC_BASE_URL=http://127.0.0.1:8080\n")));
        QVERIFY(texts[2].contains(QStringLiteral("base_url = \"http://127.0.0.1:8080/v1\"\n")));
        QVERIFY(texts[3].contains(QStringLiteral("OLLAMA_HOST=http://127.0.0.1:8080\n")));
    }

    void clientsAreOfferedWhatTheGatewayAnswers()
    {
        for (const ClientEnvironment &client : clientEnvironments())
            QVERIFY2(findEndpoint("POST", client.path).endpoint, client.path);
    }

    void startAtLoginAsksForTheCommandWhenItIsWanted()
    {
        Settings settings(m_folder->filePath(QStringLiteral("desktop.ini")));
        Theme theme(Theme::Choice::System);
        const Autostart autostart(m_folder->filePath(QStringLiteral("autostart")));
        StartCommand command;
        SettingsPage page(settings, theme, autostart, [&command] { return command; });
        command.arguments = {QStringLiteral("/usr/bin/lunargate"), QStringLiteral("--port"), QStringLiteral("9")};
        page.findChild<QCheckBox *>()->setChecked(true);
        QFile file(autostart.file());
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY(file.readAll().contains("\nExec=\"/usr/bin/lunargate\" \"--port\" \"9\"\n"));
    }

    void whoComesWhileTheFirstOneEndsTakesItsPlace()
    {
        auto first = std::make_unique<SingleInstance>(m_folder->path());
        QVERIFY(first->claim());
        first->retire();
        bool isFirst = false;
        const std::unique_ptr<QThread> second(
            QThread::create([&] { isFirst = SingleInstance(m_folder->path()).claim(); }));
        second->start();
        QVERIFY(!second->wait(400)); // it waits
        first.reset();
        QVERIFY(second->wait(10'000));
        QVERIFY(isFirst);
    }

    void secondInstanceRaisesTheFirst()
    {
        SingleInstance first(m_folder->path());
        QSignalSpy raised(&first, &SingleInstance::raiseRequested);
        QVERIFY(first.claim());
        SingleInstance second(m_folder->path());
        QVERIFY(!second.claim());
        QTRY_COMPARE(raised.size(), 1);
    }

    void aFreedPlaceCanBeTaken()
    {
        {
            SingleInstance first(m_folder->path());
            QVERIFY(first.claim());
        }
        SingleInstance second(m_folder->path());
        QVERIFY(second.claim());
    }

    void commandsAreFoundByTheirLetters_data()
    {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<QString>("best");
        QTest::newRow("word") << QStringLiteral("copy") << QStringLiteral("Copy base URL");
        QTest::newRow("initials") << QStringLiteral("td") << QStringLiteral("Theme: dark");
        QTest::newRow("two words") << QStringLiteral("base url") << QStringLiteral("Copy base URL");
    }

    void commandsAreFoundByTheirLetters()
    {
        QFETCH(const QString, typed);
        QFETCH(const QString, best);
        const QStringList names{QStringLiteral("Go to Settings"), QStringLiteral("Theme: dark"),
                                QStringLiteral("Copy base URL"), QStringLiteral("Read the configuration anew")};
        const auto found =
            std::ranges::max_element(names, {}, [&typed](const QString &name) { return matchScore(typed, name); });
        QCOMPARE(*found, best);
        QCOMPARE(matchScore(QStringLiteral("xyz"), best), 0);
    }

    void paletteRunsWhatReturnChooses()
    {
        Actions actions;
        QStringList run;
        actions.add(QStringLiteral("First"), Glyph::List, {}, [&run] { run.append(QStringLiteral("First")); });
        actions.add(QStringLiteral("Second"), Glyph::List, {}, [&run] { run.append(QStringLiteral("Second")); });
        actions.add(QStringLiteral("Sealed"), Glyph::List, {}, [&run] { run.append(QStringLiteral("Sealed")); })
            ->setEnabled(false);
        auto *palette = new CommandPalette(actions.all(), nullptr);
        palette->open();
        auto *edit = palette->findChild<QLineEdit *>();
        QTest::keyClicks(edit, QStringLiteral("se"));
        QCOMPARE(palette->findChild<QListView *>()->model()->rowCount(), 1);
        QTest::keyClick(edit, Qt::Key_Return);
        QCOMPARE(run, QStringList{QStringLiteral("Second")});

        palette = new CommandPalette(actions.all(), nullptr);
        palette->open();
        edit = palette->findChild<QLineEdit *>();
        QTest::keyClick(edit, Qt::Key_Down);
        QTest::keyClick(edit, Qt::Key_Return);
        QCOMPARE(run.last(), QStringLiteral("Second"));
    }

private:
    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_MAIN(ShellTest)
#include "tst_shell.moc"
