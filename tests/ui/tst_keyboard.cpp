// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/keyboard.h"
#include "tests/ui/test_desktop.h"

#include "gateway/history/history.h"

#include <QClipboard>
#include <QSignalSpy>
#include <QTest>

using namespace lunargate;
using namespace lunargate::test;
using namespace lunargate::ui;
using namespace Qt::StringLiterals;

/// The main window without a mouse.
class KeyboardTest : public QObject
{
    Q_OBJECT

private:
    MainWindow &window() const { return m_test->desktop.window(); }
    RequestsPage &requests() const { return m_test->desktop.requests(); }
    RequestDetail &detail() const { return *requests().findChild<RequestDetail *>(); }
    RequestsTable &table() const { return *requests().findChild<RequestsTable *>(); }
    QWidget *page() const { return window().findChild<QStackedWidget *>()->currentWidget(); }
    static QString clipboard() { return QGuiApplication::clipboard()->text(); }

    /// Nothing is about to come that would change what is there.
    bool isSettled() const
    {
        Desktop &desktop = m_test->desktop;
        const bool isAddedUp = desktop.overview().isHidden() || desktop.overview().findChild<BreakdownTable *>();
        return isAddedUp && requests().model().rowCount() == 3 && !desktop.keys().keeper().isBusy() &&
               desktop.configPage().status().checkText() != u"Checking …";
    }

    /// Whether the table's row of that request was found with the arrow keys, and its detail is there.
    bool chooseRow(const QByteArray &id, Qt::Key arrow) const
    {
        for (int rows = 0; rows < 3 && detail().id() != id; ++rows)
            press(arrow);
        const auto *sheet = qobject_cast<TextSheet *>(detail().findChild<QTabWidget *>()->currentWidget());
        return detail().id() == id && QTest::qWaitFor([sheet] { return !sheet || !sheet->toPlainText().isEmpty(); });
    }

private Q_SLOTS:
    void init()
    {
        failOnOwnWarnings();
        m_test = std::make_unique<TestDesktop>([](const std::function<void(StartResult)> &done) {
            done({.gateway = startTestGateway("history: {path: ':memory:', capture: bodies}\n")});
        });
        m_test->desktop.start();
        for (int number = 1; number <= 3; ++number) {
            HistoryRecord record = sampleRecord(number);
            record.provider = number == 3 ? "groq" : "openai";
            record.messages = sampleMessages();
            m_test->desktop.gateway()->history().add(record);
        }
        QVERIFY(activate(window()));
        QTRY_VERIFY(isSettled());
    }

    void cleanup() { m_test.reset(); }

    void everyPageIsReachedAndAllThatIsOnIt_data()
    {
        QTest::addColumn<int>("number");
        int number = 0;
        for (const char *name : {"Overview", "Requests", "Providers", "Keys", "Configuration", "Clients", "Settings"})
            QTest::newRow(name) << ++number;
    }

    void everyPageIsReachedAndAllThatIsOnIt()
    {
        QFETCH(const int, number);
        const QString name = QString::fromLatin1(QTest::currentDataTag());
        press(Qt::CTRL | static_cast<Qt::Key>(Qt::Key_0 + number));
        QCOMPARE(page()->accessibleName(), name);
        QVERIFY(page()->isAncestorOf(QApplication::focusWidget()));
        QTRY_VERIFY(isSettled());
        QCOMPARE(problemOfTabbing(), QString());

        press(Qt::CTRL | (number == 1 ? Qt::Key_2 : Qt::Key_1));
        QVERIFY(page()->accessibleName() != name);
        QVERIFY(runCommand(window(), u"Go to "_s + name));
        QVERIFY(activate(window()));
        QCOMPARE(page()->accessibleName(), name);
        QVERIFY(page()->isAncestorOf(QApplication::focusWidget()));
    }

    void pagesAreChosenFromTheirList()
    {
        QVERIFY(tabTo(u"Pages"_s));
        press(Qt::Key_Down);
        QCOMPARE(page(), &requests());
        press(Qt::Key_End);
        QCOMPARE(page(), &m_test->desktop.settingsPage());
    }

    void aRequestIsFoundAndRead()
    {
        press(Qt::CTRL | Qt::Key_2);
        press(Qt::CTRL | Qt::Key_F);
        QCOMPARE(focusedName(), u"Filter"_s);
        type(u"provider:openai"_s);
        press(Qt::Key_Return);
        QTRY_COMPARE(requests().model().rowCount(), 2);
        press(Qt::Key_Tab);
        QVERIFY(table().hasFocus());
        QVERIFY(chooseRow("id-1", Qt::Key_Down));
        press(Qt::Key_Return);
        for (const char *name : {"Conversation", "Request", "Response", "Frames", "Attempts", "Headers", "Raw"}) {
            QCOMPARE(focusedName(), QString::fromLatin1(name)); // the tab
            QCOMPARE(problemOfTabbing(), QString());
            press(Qt::Key_Right);
        }
        press(Qt::Key_Tab);
        QCOMPARE(focusedName(), u"Raw"_s); // what is below it
        press(Qt::CTRL | Qt::Key_A);
        press(Qt::CTRL | Qt::Key_C);
        QVERIFY2(clipboard().contains(u"Which tests fail"), qPrintable(clipboard()));

        press(Qt::Key_Escape);
        QVERIFY(detail().isHidden());
        QVERIFY(table().hasFocus());
        QCOMPARE(table().currentId(), "id-1"); // and goes on from there
        QVERIFY(chooseRow("id-2", Qt::Key_Up));
        press(Qt::Key_Escape);
        press(Qt::Key_Return);
        QCOMPARE(detail().id(), "id-2");
        QVERIFY(detail().isAncestorOf(QApplication::focusWidget()));
    }

    void aRequestIsCopiedAndPinned()
    {
        press(Qt::CTRL | Qt::Key_2);
        QVERIFY(chooseRow("id-2", Qt::Key_Down));
        press(Qt::CTRL | Qt::SHIFT | Qt::Key_C);
        QVERIFY2(clipboard().startsWith(u"curl"), qPrintable(clipboard()));
        QVERIFY(tabTo(u"Copy as"_s));
        QVERIFY(chooseFromMenu({u"Copy as JSON"_s}));
        QVERIFY2(clipboard().startsWith(u'{'), qPrintable(clipboard()));
        QVERIFY(tabTo(u"Pin"_s));
        press(Qt::Key_Space);
        QCOMPARE(m_test->settings.pinnedRequests(), QStringList{u"id-2"_s});
        QVERIFY(requests().model().isPinned("id-2"));
        press(Qt::CTRL | Qt::Key_D);
        QVERIFY(m_test->settings.pinnedRequests().isEmpty());
    }

    void newRequestsAreHeldAndFollowed()
    {
        press(Qt::CTRL | Qt::Key_2);
        QVERIFY(tabTo(u"Live"_s));
        press(Qt::Key_Space);
        m_test->desktop.gateway()->history().add(sampleRecord(4));
        QTRY_COMPARE(focusedName(), u"Held · 1 new"_s);
        QCOMPARE(requests().model().rowCount(), 3);
        press(Qt::CTRL | Qt::Key_P);
        QCOMPARE(requests().model().rowCount(), 4);
        QCOMPARE(focusedName(), u"Live"_s);
    }

    void settingsAreChanged()
    {
        press(Qt::CTRL | Qt::Key_7);
        QCOMPARE(focusedName(), u"Theme"_s);
        press(Qt::Key_Down);
        press(Qt::Key_Down);
        QCOMPARE(m_test->settings.theme(), Theme::Choice::Dark);
        QCOMPARE(QApplication::palette().color(QPalette::Window), darkColours().palette().color(QPalette::Window));

        const Autostart autostart(m_test->folder.filePath(u"autostart"_s));
        QVERIFY(tabTo(u"Start when I log in"_s));
        press(Qt::Key_Space);
        QVERIFY(autostart.isOn());
        press(Qt::Key_Space);
        QVERIFY(!autostart.isOn());
        QVERIFY(tabTo(u"Keep running in the tray when I close the window"_s));
        press(Qt::Key_Space);
        QVERIFY(m_test->settings.closesToTray());
        QVERIFY(tabTo(u"A provider rejects its API key"_s));
        press(Qt::Key_Space);
        QVERIFY(!m_test->settings.notifiesOf(NotificationKind::Key));
        QVERIFY(m_test->settings.notifiesOf(NotificationKind::Circuit));

        QVERIFY(runCommand(window(), u"Theme: light"_s));
        QCOMPARE(m_test->settings.theme(), Theme::Choice::Light);
    }

private:
    std::unique_ptr<TestDesktop> m_test;
};

QTEST_MAIN(KeyboardTest)
#include "tst_keyboard.moc"
