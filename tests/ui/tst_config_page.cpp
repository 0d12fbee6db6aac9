// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/config_page_driver.h"

#include <QRegularExpression>
#include <QSignalSpy>

using namespace lunargate;
using namespace lunargate::ui;
using namespace lunargate::test;
using namespace Qt::StringLiterals;

/// What becomes of the configuration that is edited: applied, refused, rolled back, changed by others.
class ConfigPageTest : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<ConfigPageDriver> m_user;

    QAction *newestVersion() const
    {
        auto *menu = m_user->page->findChild<VersionsMenu *>();
        Q_EMIT menu->aboutToShow();
        return menu->actions().constFirst();
    }

private Q_SLOTS:
    void init()
    {
        failOnOwnWarnings();
        m_user = std::make_unique<ConfigPageDriver>();
    }

    void cleanup() { m_user.reset(); }

    void theEditorIsMadeWhenItIsShown()
    {
        m_user->write(kConfigText);
        m_user->makePage();
        QVERIFY(!m_user->page->editor());
        m_user->showPage();
        QCOMPARE(m_user->page->text(), QString::fromUtf8(kConfigText));
        QCOMPARE(m_user->page->status().checkText(), u"No problems"_s);
    }

    void appliesByKeyboardAndTheGatewayTakesOver()
    {
        m_user->write(kConfigText);
        const std::unique_ptr<Gateway> gateway = gatewayOf(m_user->file());
        m_user->makePage();
        m_user->page->setGateway(gateway.get());
        m_user->showPage();
        QVERIFY(m_user->page->status().text(ConfigStatus::Which::Running).startsWith(u"version 1"));
        m_user->yaml().goTo(1, 3);
        m_user->type(u"all "_s);
        m_user->press(Qt::CTRL | Qt::Key_S);
        QTRY_VERIFY(m_user->dialog());
        QVERIFY(m_user->dialog()->view().toPlainText().contains(u"+ # all mine"));
        QCOMPARE(m_user->onDisk(), QByteArray(kConfigText));
        m_user->answer(Qt::Key_Return);
        QCOMPARE(m_user->onDisk(), QByteArray(kConfigText).replace("# mine", "# all mine"));
        QTRY_VERIFY2(m_user->page->notice().title().startsWith(u"The gateway runs with it"),
                     qPrintable(m_user->page->notice().title()));
        QVERIFY(m_user->page->status().text(ConfigStatus::Which::Running).startsWith(u"version 2"));
        QCOMPARE(m_user->page->status().text(ConfigStatus::Which::OnDisk), u"as running"_s);
        QCOMPARE(m_user->page->status().text(ConfigStatus::Which::LastGood), u"as running"_s);
        m_user->page->setGateway(nullptr);
    }

    void errorsAreNotApplied()
    {
        m_user->open(kConfigText);
        m_user->yaml().goTo(6, 11);
        m_user->type(u"x"_s);
        m_user->press(Qt::CTRL | Qt::Key_S); // before the pause of the check is over
        QTRY_COMPARE(m_user->page->notice().title(), u"Not applied"_s);
        QVERIFY(!m_user->dialog());
        QCOMPARE(m_user->onDisk(), QByteArray(kConfigText));
    }

    void typingTakesBackWhatWasAskedBefore()
    {
        m_user->open(kConfigText);
        m_user->type(u"# own\n"_s);
        m_user->press(Qt::CTRL | Qt::Key_S);
        m_user->type(u"#\n"_s); // before the check has ended
        m_user->waitForCheck();
        QVERIFY(!m_user->dialog());
        m_user->press(Qt::CTRL | Qt::Key_S);
        m_user->answer(Qt::Key_Return);
        QCOMPARE(m_user->onDisk(), QByteArray("# own\n#\n") + kConfigText);
        newestVersion()->trigger();
        QCOMPARE(m_user->page->text(), QString::fromUtf8(kConfigText));
        m_user->yaml().goTo(1, 1);
        m_user->type(u"# after\n"_s);
        m_user->waitForCheck();
        QVERIFY(!m_user->dialog());
        QCOMPARE(m_user->page->text(), u"# after\n"_s + QString::fromUtf8(kConfigText));
    }

    void aVersionWithErrorsLeavesWhatIsEdited()
    {
        m_user->open(QByteArray(kConfigText).replace("type: simulator", "type: simulatr"));
        m_user->page->replaceText(QString::fromUtf8(kConfigText));
        m_user->press(Qt::CTRL | Qt::Key_S);
        m_user->answer(Qt::Key_Return);
        QCOMPARE(m_user->onDisk(), QByteArray(kConfigText));
        m_user->yaml().goTo(1, 1);
        m_user->type(u"# own\n"_s);
        newestVersion()->trigger();
        QVERIFY(m_user->page->text().contains(u"simulatr\n"));
        QTRY_COMPARE(m_user->page->notice().title(), u"Not rolled back"_s);
        QCOMPARE(m_user->page->text(), u"# own\n"_s + QString::fromUtf8(kConfigText));
        QVERIFY(!m_user->dialog());
    }

    void whatTheGatewayRefusesCanBeRolledBack()
    {
        m_user->write(kConfigText);
        const std::unique_ptr<Gateway> gateway = gatewayOf(m_user->file());
        m_user->makePage();
        m_user->page->setGateway(gateway.get());
        m_user->showPage();
        const QString other = QString::fromUtf8(kConfigText);
        m_user->page->replaceText(other.first(other.indexOf(u"routing:")) + u"routing: {routes: []}\n"_s);
        QTest::ignoreMessage(QtCriticalMsg, QRegularExpression(u"configuration rejected"_s));
        QTest::ignoreMessage(QtCriticalMsg, QRegularExpression(u"configuration error"_s));
        m_user->press(Qt::CTRL | Qt::Key_S);
        m_user->answer(Qt::Key_Return);
        QTRY_VERIFY2(m_user->page->notice().title().contains(u"refused"), qPrintable(m_user->page->notice().title()));
        QVERIFY(m_user->page->notice().text().contains(u"route"));
        QCOMPARE(m_user->page->status().text(ConfigStatus::Which::OnDisk), u"differs from running"_s);
        m_user->choose(u"Roll back …"_s);
        m_user->answer(Qt::Key_Return);
        QCOMPARE(m_user->onDisk(), QByteArray(kConfigText));
        QTRY_COMPARE(m_user->page->status().text(ConfigStatus::Which::OnDisk), u"as running"_s);
        m_user->page->setGateway(nullptr);
    }

    void versionsAreRolledBackAndCancellingChangesNothing()
    {
        m_user->open(kConfigText);
        m_user->yaml().goTo(1, 3);
        m_user->type(u"all "_s);
        m_user->press(Qt::CTRL | Qt::Key_S);
        m_user->answer(Qt::Key_Return);
        QTRY_VERIFY(!m_user->dialog());
        QAction *version = newestVersion();
        QVERIFY(version->text().startsWith(u"Until"));
        version->trigger();
        m_user->answer(Qt::Key_Escape);
        QTRY_VERIFY(m_user->page->text().startsWith(u"# all mine"));
        version->trigger();
        m_user->answer(Qt::Key_Return);
        QCOMPARE(m_user->onDisk(), QByteArray(kConfigText));
        QCOMPARE(m_user->page->text(), QString::fromUtf8(kConfigText));
    }

    void changesOfOthersAreShownAtOnceIfThereAreNoOwn()
    {
        m_user->open(kConfigText);
        m_user->write(QByteArray(kConfigText) + "# theirs\n");
        QTRY_VERIFY(m_user->page->text().endsWith(u"# theirs\n"));
        QVERIFY(m_user->page->notice().title().contains(u"changed outside"));
    }

    void changesOfOthersAreOffered_data()
    {
        QTest::addColumn<QString>("choice");
        QTest::newRow("theirs") << u"Take theirs"_s;
        QTest::newRow("mine") << u"Keep mine"_s;
    }
    void changesOfOthersAreOffered()
    {
        QFETCH(QString, choice);
        m_user->open(kConfigText);
        m_user->type(u"# own\n"_s);
        m_user->write(QByteArray(kConfigText) + "# theirs\n");
        QTRY_VERIFY(m_user->page->notice().title().contains(u"changed outside"));
        m_user->choose(u"Show difference"_s);
        QTRY_VERIFY(m_user->dialog());
        QVERIFY(m_user->dialog()->view().toPlainText().contains(u"- # theirs"));
        m_user->answer(Qt::Key_Escape);
        m_user->write(QByteArray(kConfigText) + "# theirs!\n"); // tells again
        QTRY_VERIFY(m_user->page->notice().isVisible());
        m_user->choose(choice);
        const bool isTheirs = choice.contains(u"theirs");
        QCOMPARE(m_user->page->text().startsWith(u"# own"), !isTheirs);
        QCOMPARE(m_user->page->text().endsWith(u"# theirs!\n"), isTheirs);
        m_user->press(Qt::CTRL | Qt::Key_S);
        if (!isTheirs) {
            m_user->answer(Qt::Key_Return);
            QTRY_VERIFY(m_user->onDisk().startsWith("# own"));
        }
    }

    void whatIsSaidOfTheFileGoesWithItsCause()
    {
        m_user->open(kConfigText);
        m_user->type(u"# own\n"_s);
        for (const QByteArray &other : {QByteArray(kConfigText) + "# theirs\n", QByteArray("\xE4")}) {
            m_user->write(other);
            QTRY_VERIFY(m_user->page->notice().isVisible());
            m_user->write(kConfigText);
            QTRY_VERIFY(!m_user->page->notice().isVisible());
        }
        QVERIFY(m_user->page->text().startsWith(u"# own"));
    }

    void applyingWhatOthersWroteTooIsNoChange()
    {
        m_user->open(kConfigText);
        m_user->type(u"# own\n"_s);
        const auto *badge = m_user->page->findChild<QLabel *>(u"badge"_s);
        QVERIFY(badge->isVisible());
        m_user->write(QByteArray("# own\n") + kConfigText);
        QTRY_VERIFY(m_user->page->notice().title().contains(u"changed outside"));
        m_user->press(Qt::CTRL | Qt::Key_S);
        QTRY_VERIFY(!badge->isVisible());
        QVERIFY(!m_user->dialog());
        QVERIFY(!m_user->page->document().isChangedOutside());
        QVERIFY(!m_user->page->document().archive().draft());
    }

    void applyingOverAChangeAsks()
    {
        m_user->open(kConfigText);
        m_user->type(u"# own\n"_s);
        m_user->press(Qt::CTRL | Qt::Key_S);
        QTRY_VERIFY(m_user->dialog());
        m_user->write(QByteArray(kConfigText) + "# theirs\n");
        m_user->answer(Qt::Key_Return);
        QTRY_VERIFY(m_user->dialog() && m_user->dialog()->windowTitle().startsWith(u"Overwrite"));
        QVERIFY(m_user->onDisk().endsWith("# theirs\n"));
        m_user->write(QByteArray(kConfigText) + "# theirs again\n"); // which was not shown
        m_user->answer(Qt::Key_Return);
        QTRY_VERIFY(m_user->dialog() && m_user->dialog()->view().toPlainText().contains(u"- # theirs again"));
        QVERIFY(m_user->onDisk().endsWith("# theirs again\n"));
        m_user->answer(Qt::Key_Return);
        QCOMPARE(m_user->onDisk(), QByteArray("# own\n") + kConfigText);
    }

    void unsavedChangesOutliveTheWindow()
    {
        m_user->open(kConfigText);
        m_user->type(u"# own\n"_s);
        m_user->makePage();
        QCOMPARE(m_user->onDisk(), QByteArray(kConfigText));
        m_user->showPage();
        QVERIFY(m_user->page->text().startsWith(u"# own"));
        QVERIFY(m_user->page->notice().title().contains(u"not applied"));
        m_user->choose(u"Discard"_s);
        QCOMPARE(m_user->page->text(), QString::fromUtf8(kConfigText));
        m_user->makePage();
        m_user->showPage();
        QCOMPARE(m_user->page->text(), QString::fromUtf8(kConfigText));
    }

    void unsavedChangesWaitForAFileThatCannotBeRead()
    {
        m_user->open(kConfigText);
        m_user->type(u"# own\n"_s);
        m_user->makePage();
        m_user->write("a: \xE4\n");
        m_user->showPage();
        QCOMPARE(m_user->page->notice().title(), u"The configuration cannot be edited"_s);
        m_user->run(u"Discard changes of the configuration"_s);
        m_user->write(kConfigText); // mended outside
        QTRY_VERIFY(m_user->page->text().startsWith(u"# own"));
        QVERIFY(m_user->page->notice().title().contains(u"not applied"));
        QVERIFY(!m_user->page->document().isChangedOutside());
        QVERIFY(!m_user->yaml().isReadOnly());
    }

    void withoutAFileTheBuiltInTextIsShownAndApplyMakesOne()
    {
        m_user->makePage();
        m_user->showPage();
        QCOMPARE(m_user->page->notice().title(), u"There is no configuration file"_s);
        QVERIFY(m_user->page->text().contains(u"simulator"));
        QSignalSpy start(m_user->page.get(), &ConfigPage::startWanted);
        m_user->press(Qt::CTRL | Qt::Key_S);
        m_user->answer(Qt::Key_Return);
        QCOMPARE(m_user->onDisk(), m_user->page->text().toUtf8());
        QCOMPARE(start.size(), 1);
        m_user->page->setStartFailed({u"the port is taken"_s});
        QCOMPARE(m_user->page->notice().text(), u"the port is taken"_s);
    }

    void aFileThatIsNoTextIsLeftAlone()
    {
        m_user->write("a: \xE4\n");
        m_user->makePage();
        m_user->showPage();
        QCOMPARE(m_user->page->notice().title(), u"The configuration cannot be edited"_s);
        QVERIFY(m_user->yaml().isReadOnly());
        m_user->press(Qt::CTRL | Qt::Key_S);
        m_user->write(kConfigText); // mended outside
        QTRY_COMPARE(m_user->page->text(), QString::fromUtf8(kConfigText));
        QVERIFY(!m_user->yaml().isReadOnly());
    }

    void applyingThatFailsIsTold()
    {
        m_user->open(kConfigText);
        m_user->type(u"# own\n"_s);
        QFile inTheWay(m_user->folder.filePath(u"archive"_s));
        QVERIFY(inTheWay.open(QIODevice::WriteOnly));
        m_user->press(Qt::CTRL | Qt::Key_S);
        m_user->answer(Qt::Key_Return);
        QTRY_COMPARE(m_user->page->notice().title(), u"Not applied"_s);
        QVERIFY(!m_user->page->notice().text().isEmpty());
        QCOMPARE(m_user->onDisk(), QByteArray(kConfigText));
    }

    void applyingStartsAGatewayThatCouldNot()
    {
        QString config;
        TestDesktop test([&config](const std::function<void(StartResult)> &done) {
            if (QFile::exists(config))
                done({.gateway = gatewayOf(config)});
            else
                done({.problems = {u"it cannot"_s}});
        });
        config = test.folder.filePath(u"config.yaml"_s);
        test.desktop.start();
        QVERIFY(!test.desktop.gateway());
        test.desktop.window().activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&test.desktop.window()));
        test.desktop.window().goTo(&test.desktop.configPage());
        ConfigPage &page = test.desktop.configPage();
        page.replaceText(QString::fromUtf8(kConfigText));
        QTest::keyClick(&page.editor()->yaml(), Qt::Key_S, Qt::ControlModifier);
        QTRY_VERIFY(page.findChild<DiffDialog *>());
        QTest::keyClick(page.findChild<DiffDialog *>(), Qt::Key_Return);
        QTRY_VERIFY(test.desktop.gateway());
        QCOMPARE(page.notice().title(), u"The gateway runs with it"_s);
    }
};

QTEST_MAIN(ConfigPageTest)
#include "tst_config_page.moc"
