// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/keys_page_fixture.h"

#include "tests/support/fake_upstream.h"
#include "ui/keys/import_dialog.h"

#include <QClipboard>
#include <QMessageBox>
#include <QScopeGuard>

using namespace lunargate;
using namespace lunargate::ui;
using namespace lunargate::test;

/// What can be done with a key that is there, and what the gateway makes of it.
class KeyActionsTest : public KeysPageFixture
{
    Q_OBJECT

private Q_SLOTS:
    void init() { makePage(); }
    void cleanup() { removePage(); }

    void replacingKeepsTheBindingAndReloads()
    {
        put("mine", "sk-1", "https://one.example");
        m_uses = {{"mine", "providers.two.api_key", "two", "https://two.example/v1"}};
        show();
        choose("mine");
        const QSignalSpy reloads(m_page.get(), &KeysPage::reloadRequested);
        QTest::keyClick(m_page->focusWidget(), Qt::Key_R, Qt::ControlModifier);
        auto *dialog = this->dialog<KeyDialog>();
        QVERIFY(dialog);
        QVERIFY(field(dialog, "Secret")->hasFocus());
        QVERIFY(field(dialog, "Name of the key")->isReadOnly());
        QTest::keyClicks(field(dialog, "Secret"), s("sk-2"));
        QTest::keyClick(dialog, Qt::Key_Return);
        QTRY_COMPARE(reloads.count(), 1);
        QCOMPARE(m_keychain->texts().at("mine"), "lunargate-key 1 https://one.example\nsk-2");
    }

    void aMissingKeyIsAddedForWhoUsesIt()
    {
        m_uses = {{"mine", "providers.two.api_key", "two", "https://two.example/v1"}};
        show();
        choose("mine");
        m_page->replace();
        auto *dialog = this->dialog<KeyDialog>();
        QVERIFY(dialog);
        QCOMPARE(dialog->windowTitle(), s("Add mine"));
        field(dialog, "Secret")->setText(s("sk-2"));
        QTest::keyClick(dialog, Qt::Key_Return);
        QTRY_COMPARE(state("mine"), s("In the keychain"));
        QCOMPARE(m_keychain->texts().at("mine"), "lunargate-key 1 https://two.example\nsk-2");
    }

    void theGatewayTakesTheNewKey()
    {
        auto gateway = startTestGateway();
        m_page->setGateway(gateway.get());
        m_uses = {{"mine", "providers.two.api_key", "two", "https://two.example/v1"}};
        show();
        m_page->keeper().put({{"mine", {.secret = SecretString("sk-1"), .origin = {}}}});
        QTRY_VERIFY(says("The configuration is read anew"));
        Q_EMIT gateway->configReloaded({.result = ReloadResult::Applied, .running = {}});
        QVERIFY(says("the gateway uses it now"));
        Q_EMIT gateway->configReloaded({.result = ReloadResult::Rejected, .running = {}});
        QVERIFY(says("the gateway uses it now")); // that was about something else
        m_page->keeper().put({{"mine", {.secret = SecretString("sk-2"), .origin = {}}, true}});
        QTRY_VERIFY(says("The configuration is read anew"));
        ReloadReport refused{.result = ReloadResult::Rejected, .running = {}};
        refused.problems.push_back(
            {.file = "c.yaml", .line = 3, .column = 7, .message = "the key 'mine' belongs elsewhere"});
        Q_EMIT gateway->configReloaded(refused);
        QVERIFY(says("the configuration is refused: c.yaml:3:7: the key 'mine' belongs elsewhere"));
        m_page->setGateway(nullptr);
    }

    // The configuration is refused as long as its key is missing.
    void aKeyThatWasMissingLetsTheGatewayStart()
    {
        std::unique_ptr<TestDesktop> test;
        test = std::make_unique<TestDesktop>([&test](const std::function<void(StartResult)> &done) {
            if (test->keychain.texts().contains("mine"))
                done({.gateway = startTestGateway()});
            else
                done({.gateway = nullptr, .problems = {s("the keychain has no key 'mine'")}});
        });
        test->keyUses = {{"mine", "providers.two.api_key", "two", "https://two.example/v1"}};
        test->desktop.start();
        QCOMPARE(test->desktop.watch().state().condition, Condition::Error);
        KeysPage &page = test->desktop.keys();
        test->desktop.window().goTo(&page);
        QTRY_COMPARE(page.model().rowCount(), 1);
        page.keeper().put({{"mine", {.secret = SecretString("sk-1"), .origin = {}}}});
        QTRY_COMPARE(test->desktop.watch().state().condition, Condition::Running);
        const auto labels = page.findChildren<QLabel *>();
        QVERIFY(std::ranges::any_of(
            labels, [](const QLabel *label) { return label->text().contains(s("the gateway runs with it")); }));
    }

    void deletingAsksAndNamesWhoUsesIt()
    {
        put("mine", "sk-1", "https://one.example");
        m_uses = {{"mine", "providers.two.api_key", "<b>two</b>", "https://one.example/v1"}};
        show();
        choose("mine");
        QTest::keyClick(m_page->focusWidget(), Qt::Key_Delete);
        auto *question = dialog<QMessageBox>();
        QVERIFY(question);
        QVERIFY(question->informativeText().contains(s("used by <b>two</b>")));
        for (const char *name : {"qt_msgbox_label", "qt_msgbox_informativelabel"})
            QCOMPARE(question->findChild<QLabel *>(s(name))->textFormat(), Qt::PlainText);
        QTest::keyClick(question, Qt::Key_Escape);
        QVERIFY(m_keychain->texts().contains("mine"));
        QTRY_VERIFY(!m_page->findChild<QMessageBox *>());
        m_page->deleteKey();
        question = dialog<QMessageBox>();
        QVERIFY(question);
        for (QAbstractButton *button : question->buttons()) {
            if (question->buttonRole(button) == QMessageBox::DestructiveRole)
                QTest::keyClick(button, Qt::Key_Space);
        }
        QTRY_COMPARE(state("mine"), s("Missing"));
        QVERIFY(!m_keychain->texts().contains("mine"));
        QVERIFY(says("no longer in the keychain"));
    }

    void copiesTheReferenceOnly()
    {
        put("mine", "sk-canary", {});
        show();
        choose("mine");
        QTest::keyClick(m_page->focusWidget(), Qt::Key_C, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(QGuiApplication::clipboard()->text(), s("${keychain:mine}"));
    }

    void importsWhatIsTicked()
    {
        for (const char *variable : {"OPENAI_API_KEY", "GROQ_API_KEY"})
            qputenv(variable, QByteArray("sk-canary-") + variable);
        const auto restore = qScopeGuard([] {
            qunsetenv("OPENAI_API_KEY");
            qunsetenv("GROQ_API_KEY");
        });
        show();
        action("Import keys from the environment")->trigger();
        auto *dialog = this->dialog<ImportDialog>();
        QVERIFY(dialog);
        auto *list = dialog->findChild<QListWidget *>();
        QCOMPARE(list->findItems(s("canary"), Qt::MatchContains).size(), 0);
        const QList<QListWidgetItem *> groq = list->findItems(s("GROQ_API_KEY"), Qt::MatchContains);
        QCOMPARE(groq.size(), 1);
        list->setCurrentItem(groq.front());
        list->setFocus();
        QTest::keyClick(list, Qt::Key_Space);
        QCOMPARE(groq.front()->checkState(), Qt::Checked);
        QTest::keyClick(dialog, Qt::Key_Return);
        QTRY_COMPARE(state("groq"), s("In the keychain"));
        QCOMPARE(secretIn(*m_keychain, "groq"), "sk-canary-GROQ_API_KEY");
        QVERIFY(!m_keychain->texts().contains("openai"));
    }

    void testsAKeyAtItsAddress_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("said");
        QTest::newRow("taken") << 200 << s("200: %1 takes the key and lists 1 models.");
        QTest::newRow("refused") << 401 << s("401: %1 does not take this key.");
        QTest::newRow("unclear") << 500 << s("%1 answered with status 500, which says nothing about the key.");
    }

    void testsAKeyAtItsAddress()
    {
        QFETCH(const int, status);
        QFETCH(const QString, said);
        FakeUpstream upstream;
        upstream.otherwise([status](const ReceivedRequest &request) {
            const int answer = request.header("Authorization").isEmpty() ? 401 : status;
            return Script::json(answer, R"({"data":[{"id":"a"}],"error":{"message":"sk-canary"}})");
        });
        const QByteArray origin = upstream.url("");
        put("mine", "sk-canary", origin);
        show();
        choose("mine");
        QTest::keyClick(m_page->focusWidget(), Qt::Key_T, Qt::ControlModifier);
        QTRY_VERIFY(says(said.arg(QString::fromUtf8(origin)).toUtf8().constData()));
        QCOMPARE(upstream.lastRequest().header("Authorization"), "Bearer sk-canary");
        QVERIFY(!says("canary"));
        QVERIFY(!m_page->keeper().isBusy());
    }

    void aTestThatCannotBeMadeSaysWhy()
    {
        put("nowhere", "sk-1", "http://127.0.0.1:1");
        put("unbound", "sk-1", {});
        show();
        choose("nowhere");
        m_page->test();
        QTRY_VERIFY(says("http://127.0.0.1:1 cannot be reached"));
        choose("unbound");
        m_page->test();
        QTRY_VERIFY(says("there is nobody to ask"));
        m_keychain->failWith("keychain_locked");
        m_page->test();
        QTRY_VERIFY(says("The keychain is locked"));
    }

    void aSilentServiceCanBeGivenUp()
    {
        FakeUpstream upstream;
        upstream.otherwise([](const ReceivedRequest &) { return Script::silence(); });
        put("mine", "sk-1", upstream.url(""));
        show();
        choose("mine");
        m_page->test();
        QTRY_COMPARE(upstream.requestCount(), 1);
        QVERIFY(says("Asking http://127.0.0.1"));
        m_page->keeper().cancel();
        QTRY_VERIFY(!m_page->keeper().isBusy());
    }
};

QTEST_MAIN(KeyActionsTest)
#include "tst_key_actions.moc"
