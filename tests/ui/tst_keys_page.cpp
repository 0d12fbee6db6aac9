// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/keyboard.h"
#include "tests/ui/keys_page_fixture.h"

#include "ui/keys/import_dialog.h"

#include <QAbstractItemModelTester>
#include <QClipboard>
#include <QScopeGuard>

using namespace lunargate;
using namespace lunargate::ui;
using namespace lunargate::test;

/// Which keys the page shows, and how they get there.
class KeysPageTest : public KeysPageFixture
{
    Q_OBJECT

private Q_SLOTS:
    void init() { makePage(); }
    void cleanup() { removePage(); }

    void nobodyIsAskedBeforeThePageIsSeen()
    {
        QCOMPARE(m_keychain->reads, 0);
        show();
        QVERIFY(m_keychain->reads > 0);
        QVERIFY(says("No keys here yet"));
    }

    void showsWhatThereIsAndWhatIsMissing()
    {
        put("openai", "sk-canary", "https://api.openai.com");
        m_uses = {{"openai", "providers.main.api_key", "main", "https://api.openai.com/v1"},
                  {"lost", "providers.two.api_key", "two", "https://two.example/v1"}};
        const QAbstractItemModelTester tester(&m_page->model());
        show();
        QCOMPARE(m_page->model().rowCount(), 2);
        QCOMPARE(state("openai"), s("In the keychain"));
        QCOMPARE(state("lost"), s("Missing"));
        QVERIFY(!says("canary"));
    }

    void waitsVisiblyAndCanBeCancelled()
    {
        m_uses = {{"lost", "providers.two.api_key", "two", "https://two.example/v1"}};
        m_keychain->hold();
        m_page->show();
        QVERIFY(QTest::qWaitForWindowActive(m_page.get()));
        QVERIFY(says("Waiting for the keychain"));
        QVERIFY(!action("Add a key")->isEnabled());
        for (auto *button : m_page->findChildren<QToolButton *>()) {
            if (button->text() == s("Cancel"))
                QTest::keyClick(button, Qt::Key_Space);
        }
        QTRY_VERIFY(says("The keychain was not waited for"));
        QVERIFY(!says("Waiting for the keychain"));
        QCOMPARE(state("lost"), s("Not asked"));
        m_keychain->hold(false);
        action("Ask the keychain again")->trigger();
        QTRY_COMPARE(state("lost"), s("Missing"));
        QVERIFY(!says("The keychain was not waited for"));
    }

    void goesWhileTheKeychainIsSilent()
    {
        m_keychain->hold();
        m_page->show();
        QVERIFY(m_page->keeper().isBusy());
        m_page.reset();
    }

    void tellsWhyTheKeychainDoesNotAnswer_data()
    {
        QTest::addColumn<QByteArray>("reason");
        QTest::addColumn<QString>("title");
        QTest::addColumn<QString>("keyState");
        QTest::newRow("locked or denied")
            << QByteArray("keychain_locked") << s("The keychain is locked") << s("Keychain locked");
        QTest::newRow("absent or silent")
            << QByteArray("keychain_unavailable") << s("No keychain answers") << s("Not asked");
        QTest::newRow("anything else") << QByteArray("keychain_entry_unknown") << s("The keychain did not do it")
                                       << s("Not asked");
    }

    void tellsWhyTheKeychainDoesNotAnswer()
    {
        QFETCH(const QByteArray, reason);
        QFETCH(const QString, title);
        QFETCH(const QString, keyState);
        m_uses = {{"lost", "providers.two.api_key", "two", "https://two.example/v1"}};
        m_keychain->failWith(reason);
        show();
        QVERIFY(says(title.toUtf8().constData()));
        QCOMPARE(state("lost"), keyState);
        if (reason != "keychain_entry_unknown")
            QVERIFY(says("The gateway goes on with the keys that it has read"));
        // The same for what the user wants it to do.
        m_keychain->failWith({});
        action("Ask the keychain again")->trigger();
        QTRY_VERIFY(!says(title.toUtf8().constData()));
        m_keychain->failWith(reason);
        m_page->keeper().put({{"lost", {.secret = SecretString("sk-canary"), .origin = {}}}});
        QTRY_VERIFY(says(title.toUtf8().constData()));
        QVERIFY(m_keychain->texts().empty());
    }

    void addsByKeyboardAlone()
    {
        show();
        QTest::keyClick(m_page.get(), Qt::Key_N, Qt::ControlModifier);
        auto *dialog = this->dialog<KeyDialog>();
        QVERIFY(dialog);
        auto *service = dialog->findChild<QComboBox *>();
        QVERIFY(service->hasFocus());
        QTest::keyClicks(service, s("groq"));
        QCOMPARE(field(dialog, "Address")->text(), s("https://api.groq.com"));
        QCOMPARE(field(dialog, "Name of the key")->text(), s("groq"));
        QLineEdit *secret = field(dialog, "Secret");
        QVERIFY(tabTo(secret));
        type(s("sk-canary"));
        press(Qt::Key_Return);
        QTRY_COMPARE(secretIn(*m_keychain, "groq"), "sk-canary");
        QTRY_COMPARE(state("groq"), s("In the keychain"));
        QVERIFY(m_keychain->texts().at("groq").contains("https://api.groq.com"));
        QVERIFY(says("${keychain:groq}"));
        QVERIFY(!says("canary"));
    }

    void secretsCannotBeSeenOrCopied()
    {
        auto edit = std::make_unique<SecretEdit>();
        edit->setText(s(" sk-canary "));
        QCOMPARE(edit->echoMode(), QLineEdit::Password);
        QVERIFY(!edit->displayText().contains(s("canary")));
        QGuiApplication::clipboard()->setText(s("before"));
        edit->selectAll();
        edit->copy();
        edit->cut();
        QCOMPARE(QGuiApplication::clipboard()->text(), s("before"));
        edit->setText(s(" sk-canary "));
        QCOMPARE(edit->take().reveal(), "sk-canary");
        QCOMPARE(edit->text(), QString());
        QVERIFY(!edit->isUndoAvailable());
    }

    void whatIsWrongIsToldInTheDialog()
    {
        put("groq", "sk-1", "https://api.groq.com");
        show();
        m_page->add();
        auto *dialog = this->dialog<KeyDialog>();
        QVERIFY(dialog);
        auto *service = dialog->findChild<QComboBox *>();
        service->setCurrentText(s("Another address"));
        const auto problem = [dialog] { return dialog->findChild<QLabel *>(s("problem"))->text(); };
        QTest::keyClick(dialog, Qt::Key_Return);
        QVERIFY(problem().contains(s("Write an address")));
        field(dialog, "Address")->setText(s("http://127.0.0.1:8000/v1"));
        QTest::keyClick(dialog, Qt::Key_Return);
        QVERIFY(problem().contains(s("A name has letters")));
        field(dialog, "Name of the key")->setText(s("my key"));
        QTest::keyClick(dialog, Qt::Key_Return);
        QVERIFY(problem().contains(s("A name has letters")));
        field(dialog, "Name of the key")->setText(s("groq"));
        QTest::keyClick(dialog, Qt::Key_Return);
        QVERIFY(problem().contains(s("There is a key of this name")));
        field(dialog, "Name of the key")->setText(s("mine"));
        QTest::keyClick(dialog, Qt::Key_Return);
        QVERIFY(problem().contains(s("Paste the key")));
        field(dialog, "Secret")->setText(s("sk-1"));
        QTest::keyClick(dialog, Qt::Key_Return);
        QTRY_COMPARE(state("mine"), s("In the keychain"));
        QVERIFY(m_keychain->texts().at("mine").contains("http://127.0.0.1:8000\n"));
    }

    // While the keychain is locked nobody knows which keys there are.
    void addingReplacesNoKey()
    {
        put("groq", "sk-1", "https://api.groq.com");
        m_keychain->failWith("keychain_locked");
        show();
        QCOMPARE(m_page->model().rowCount(), 0);
        m_page->add();
        auto *dialog = this->dialog<KeyDialog>();
        QVERIFY(dialog);
        dialog->findChild<QComboBox *>()->setCurrentText(s("groq"));
        field(dialog, "Secret")->setText(s("sk-2"));
        m_keychain->failWith({}); // the user unlocks it when asked
        QTest::keyClick(dialog, Qt::Key_Return);
        QTRY_COMPARE(state("groq"), s("In the keychain"));
        QVERIFY(says("there is a key 'groq' already"));
        QCOMPARE(secretIn(*m_keychain, "groq"), "sk-1");
    }

    void importingReplacesNoKeyUnseen()
    {
        put("groq", "sk-1", "https://api.groq.com");
        m_keychain->failWith("keychain_locked");
        qputenv("GROQ_API_KEY", "sk-2");
        qputenv("OPENAI_API_KEY", "sk-3");
        const auto restore = qScopeGuard([] {
            qunsetenv("GROQ_API_KEY");
            qunsetenv("OPENAI_API_KEY");
        });
        show();
        m_page->importFromEnvironment();
        auto *dialog = this->dialog<ImportDialog>();
        QVERIFY(dialog);
        auto *list = dialog->findChild<QListWidget *>();
        for (int row = 0; row < list->count(); ++row)
            list->item(row)->setCheckState(Qt::Checked);
        m_keychain->failWith({});
        QTest::keyClick(dialog, Qt::Key_Return);
        QTRY_COMPARE(secretIn(*m_keychain, "openai"), "sk-3"); // the others are not kept from it
        QTRY_VERIFY(says("there is a key 'groq' already"));
        QCOMPARE(secretIn(*m_keychain, "groq"), "sk-1");
        QCOMPARE(state("openai"), s("In the keychain"));
    }

    void whatWasStoredBeforeAFailureIsTold()
    {
        put("two", "lunargate-key", {});
        QVERIFY(m_keychain->write("two", SecretString("lunargate-key 9 of later"), {}));
        m_uses = {{"one", "providers.p.api_key", "p", "https://one.example/v1"}};
        show();
        const QSignalSpy reloads(m_page.get(), &KeysPage::reloadRequested);
        m_page->keeper().put({{"one", {.secret = SecretString("sk-1"), .origin = {}}},
                              {"two", {.secret = SecretString("sk-2"), .origin = {}}},
                              {"three", {.secret = SecretString("sk-3"), .origin = {}}}});
        QTRY_COMPARE(reloads.count(), 1);
        QCOMPARE(state("one"), s("In the keychain"));
        QVERIFY(says("In the keychain: one."));
        QVERIFY(says("was written by a later version"));
        QVERIFY(!m_keychain->texts().contains("three"));
    }

    void noTwoActionsShareAShortcut()
    {
        QStringList shortcuts;
        for (const QAction *one : m_page->actions()) {
            if (const QString keys = one->shortcut().toString(QKeySequence::PortableText); !keys.isEmpty())
                shortcuts.append(keys);
        }
        QVERIFY(shortcuts.contains(s("F5"))); // QKeySequence::Refresh is Ctrl+R on some desktops
        QCOMPARE(shortcuts.removeDuplicates(), 0);
    }

    void aGatewayThatGoesIsNoReasonToAsk()
    {
        auto gateway = startTestGateway();
        m_page->setGateway(gateway.get());
        show();
        const int reads = m_keychain->reads;
        m_page->setGateway(nullptr);
        QVERIFY(!m_page->keeper().isBusy());
        QCOMPARE(m_keychain->reads, reads);
    }
};

QTEST_MAIN(KeysPageTest)
#include "tst_keys_page.moc"
