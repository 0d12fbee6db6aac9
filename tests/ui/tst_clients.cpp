// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api/endpoints.h"
#include "tests/ui/keyboard.h"
#include "tests/ui/test_desktop.h"
#include "ui/clients/change_dialog.h"
#include "ui/shell/diff_view.h"

#include "gateway/history/history.h"

#include <QCheckBox>
#include <QClipboard>
#include <QDir>
#include <QFile>
#include <QGuiApplication>
#include <QMessageBox>
#include <QSignalSpy>
#include <QTest>

using namespace lunargate;
using namespace lunargate::ui;

/// The clients' page, and the files that it writes.
class ClientsTest : public QObject
{
    Q_OBJECT

private:
    QString path(const QString &name) const { return m_folder->filePath(name); }

    void put(const QString &name, const QByteArray &text) const
    {
        QDir().mkpath(QFileInfo(path(name)).path());
        QFile file(path(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text);
    }

    QByteArray textOf(const QString &name) const
    {
        QFile file(path(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

    UserPlaces places() const
    {
        return {.home = m_folder->path(), .environment = {}, .stateFile = path(QStringLiteral("state/clients.ini"))};
    }

    static QPushButton *button(const QWidget &parent, const QString &text)
    {
        for (QPushButton *one : parent.findChildren<QPushButton *>()) {
            if (one->text().contains(text))
                return one;
        }
        return nullptr;
    }

    static QString shownText(const QWidget &parent)
    {
        QStringList texts;
        for (const QLabel *label : parent.findChildren<QLabel *>()) {
            if (label->isVisible())
                texts.append(label->text());
        }
        return texts.join(u'\n');
    }

    /// The page with a gateway, shown, at that client.
    std::unique_ptr<ClientsPage> openPage(Gateway &gateway, const char *client)
    {
        auto page = std::make_unique<ClientsPage>(places(), m_actions);
        page->setGateway(&gateway);
        page->resize(900, 600);
        page->show();
        page->open(client);
        return page;
    }

private Q_SLOTS:
    void init()
    {
        test::failOnOwnWarnings();
        m_folder = std::make_unique<QTemporaryDir>();
    }

    void writesWithABackupAndRestores()
    {
        put(QStringLiteral("a/settings.json"), "{\"a\": 1}");
        QFile::setPermissions(path(QStringLiteral("a/settings.json")), QFile::ReadOwner | QFile::WriteOwner);
        const QString file = path(QStringLiteral("a/settings.json"));
        {
            WrittenFiles files(places().stateFile);
            QVERIFY(files.write("zed", file, QByteArray("{\"a\": 1}"), "{\"b\": 2}").has_value());
        }
        QCOMPARE(textOf(QStringLiteral("a/settings.json")), QByteArray("{\"b\": 2}"));
        QCOMPARE(textOf(QStringLiteral("a/settings.json.lunargate-backup")), QByteArray("{\"a\": 1}"));
        WrittenFiles files(places().stateFile); // after a crash
        QVERIFY(files.of("zed"));
        QCOMPARE(files.of("zed")->file, file);
        // Written again, the backup is still of before LunarGate came.
        QVERIFY(files.write("zed", file, QByteArray("{\"b\": 2}"), "{\"b\": 3}").has_value());
        QVERIFY(files.restore(*files.of("zed")).has_value());
        QCOMPARE(textOf(QStringLiteral("a/settings.json")), QByteArray("{\"a\": 1}"));
        QCOMPARE(QFile::permissions(file) & (QFile::ReadGroup | QFile::ReadOther), QFile::Permissions());
        QVERIFY(!QFile::exists(file + QStringLiteral(".lunargate-backup")));
        QVERIFY(files.all().empty());
        QVERIFY(WrittenFiles(places().stateFile).all().empty());
    }

    void restoresWhatWasThereBeforeTheFirstWriting()
    {
        put(QStringLiteral("settings.json"), "{}");
        const QString file = path(QStringLiteral("settings.json"));
        const QByteArray edited = "{\"b\": 2, \"mine\": true}";
        WrittenFiles files(places().stateFile);
        QVERIFY(files.write("zed", file, QByteArray("{}"), "{\"b\": 2}").has_value());
        put(QStringLiteral("settings.json"), edited);
        QVERIFY(files.write("zed", file, edited, "{\"b\": 3, \"mine\": true}").has_value());
        QCOMPARE(textOf(QStringLiteral("settings.json.lunargate-backup")), QByteArray("{}"));
        QVERIFY(files.restore(*files.of("zed")).has_value());
        QCOMPARE(textOf(QStringLiteral("settings.json")), QByteArray("{}"));
        QCOMPARE(textOf(QStringLiteral("settings.json.lunargate-backup-2")), edited); // the user's, for the user
        QVERIFY(files.all().empty());
    }

    void everyFileOfAClientIsRestored()
    {
        WrittenFiles files(places().stateFile);
        for (const QString &name : {QStringLiteral("one/config.toml"), QStringLiteral("two/config.toml")}) {
            put(name, "a = 1\n");
            QVERIFY(files.write("codex", path(name), QByteArray("a = 1\n"), "a = 2\n").has_value());
        }
        QCOMPARE(files.all().size(), 2U);
        QCOMPARE(files.of("codex")->file, path(QStringLiteral("two/config.toml")));
        QVERIFY(files.restore(*files.of("codex")).has_value());
        QCOMPARE(textOf(QStringLiteral("one/config.toml")), QByteArray("a = 2\n"));
        QVERIFY(files.restore(*files.of("codex")).has_value());
        QCOMPARE(textOf(QStringLiteral("one/config.toml")), QByteArray("a = 1\n"));
        QCOMPARE(textOf(QStringLiteral("two/config.toml")), QByteArray("a = 1\n"));
    }

    void removesAFileThatWasNotThere()
    {
        const QString file = path(QStringLiteral("new/settings.json"));
        WrittenFiles files(places().stateFile);
        QVERIFY(files.write("zed", file, std::nullopt, "{}").has_value());
        QCOMPARE(QFile::permissions(file) & (QFile::ReadGroup | QFile::ReadOther), QFile::Permissions());
        QVERIFY(files.restore(*files.of("zed")).has_value());
        QVERIFY(!QFile::exists(file));
    }

    void aLinkStaysALink()
    {
        put(QStringLiteral("dotfiles/zed.json"), "{}");
        QVERIFY(QFile::link(path(QStringLiteral("dotfiles/zed.json")), path(QStringLiteral("settings.json"))));
        WrittenFiles files(places().stateFile);
        QVERIFY(files.write("zed", path(QStringLiteral("settings.json")), QByteArray("{}"), "{\"a\": 1}").has_value());
        QVERIFY(QFileInfo(path(QStringLiteral("settings.json"))).isSymLink());
        QCOMPARE(textOf(QStringLiteral("dotfiles/zed.json")), QByteArray("{\"a\": 1}"));
    }

    void aLinkThatLedNowhereStays()
    {
        const QString link = path(QStringLiteral("settings.json"));
        QVERIFY(QFile::link(QStringLiteral("dotfiles/zed.json"), link));
        WrittenFiles files(places().stateFile);
        QVERIFY(files.write("zed", link, std::nullopt, "{}").has_value());
        QCOMPARE(textOf(QStringLiteral("dotfiles/zed.json")), QByteArray("{}"));
        QVERIFY(files.restore(*files.of("zed")).has_value());
        QVERIFY(!QFile::exists(path(QStringLiteral("dotfiles/zed.json"))));
        QVERIFY(QFileInfo(link).isSymLink());
    }

    void refusesToOverwriteNewerEdits()
    {
        put(QStringLiteral("settings.json"), "{}");
        const QString file = path(QStringLiteral("settings.json"));
        WrittenFiles files(places().stateFile);
        QVERIFY(!files.write("zed", file, QByteArray("{\"old\": 1}"), "{\"b\": 2}"));
        QCOMPARE(textOf(QStringLiteral("settings.json")), QByteArray("{}"));
        QVERIFY(files.all().empty());

        QVERIFY(files.write("zed", file, QByteArray("{}"), "{\"b\": 2}").has_value());
        put(QStringLiteral("settings.json"), "{\"b\": 2, \"mine\": true}");
        const WrittenFiles::Restoration outcome = files.restore(*files.of("zed"));
        QVERIFY(!outcome);
        QVERIFY2(outcome.error().contains(file) && outcome.error().contains(QStringLiteral(".lunargate-backup")),
                 qPrintable(outcome.error()));
        QCOMPARE(textOf(QStringLiteral("settings.json")), QByteArray("{\"b\": 2, \"mine\": true}"));
        QVERIFY(files.of("zed"));
        files.forget(*files.of("zed"));
        QVERIFY(files.all().empty());
        QCOMPARE(textOf(QStringLiteral("settings.json.lunargate-backup")), QByteArray("{}"));
    }

    void whatIsRestoredAlreadyIsDone()
    {
        put(QStringLiteral("settings.json"), "{}");
        const QString file = path(QStringLiteral("settings.json"));
        WrittenFiles files(places().stateFile);
        QVERIFY(files.write("zed", file, QByteArray("{}"), "{\"b\": 2}").has_value());
        put(QStringLiteral("settings.json"), "{}");
        QVERIFY(files.restore(*files.of("zed")).has_value());
        QVERIFY(files.write("zed", file, QByteArray("{}"), "{\"b\": 2}").has_value());
        QVERIFY(files.restore(*files.of("zed")).has_value());
        QCOMPARE(textOf(QStringLiteral("settings.json")), QByteArray("{}"));
    }

    void bringsBackAFileThatIsGone()
    {
        put(QStringLiteral("settings.json"), "{}");
        const QString file = path(QStringLiteral("settings.json"));
        WrittenFiles files(places().stateFile);
        QVERIFY(files.write("zed", file, QByteArray("{}"), "{\"b\": 2}").has_value());
        QVERIFY(QFile::remove(file));
        const WrittenFiles::Restoration back = files.restore(*files.of("zed"));
        QVERIFY(back && back->contains(QStringLiteral("It is there again")));
        QCOMPARE(textOf(QStringLiteral("settings.json")), QByteArray("{}"));
        QVERIFY(!QFile::exists(file + QStringLiteral(".lunargate-backup")));

        QVERIFY(QFile::remove(file));
        QVERIFY(files.write("zed", file, std::nullopt, "{}").has_value());
        QVERIFY(QFile::remove(file));
        const WrittenFiles::Restoration none = files.restore(*files.of("zed"));
        QVERIFY(none && none->contains(QStringLiteral("There was none before")));
        QVERIFY(!QFile::exists(file));
        QVERIFY(files.all().empty());
    }

    void tellsWhatCannotBeWritten()
    {
        put(QStringLiteral("folder"), "no folder");
        WrittenFiles files(places().stateFile);
        const WrittenFiles::Outcome outcome =
            files.write("zed", path(QStringLiteral("folder/settings.json")), std::nullopt, "{}");
        QVERIFY(!outcome);
        QVERIFY(outcome.error().contains(QStringLiteral("folder/settings.json")));
        QVERIFY(files.all().empty());
    }

    void theUsersFoldersAreHonoured()
    {
        UserPlaces own = places();
        QCOMPARE(configFileOf(*findClient("codex"), own), path(QStringLiteral(".codex/config.toml")));
        own.environment = Environment({{"CODEX_HOME", "/opt/codex"}});
        QCOMPARE(configFileOf(*findClient("codex"), own), QStringLiteral("/opt/codex/config.toml"));
        put(QStringLiteral(".continue/config.json"), "{}");
        const auto change = changeFor(*findClient("continue"), own, {.address = QStringLiteral("http://127.0.0.1:1")});
        QVERIFY(!change);
        QVERIFY(change.error().contains(QStringLiteral("config.json")));
    }

    void everyClientsFileIsWrittenAndRestored_data()
    {
        QTest::addColumn<QByteArray>("client");
        QTest::addColumn<QByteArray>("before");
        QTest::newRow("Claude Code") << QByteArray("claude-code") << QByteArray("{\n  \"env\": {\"A\": \"1\"}\n}\n");
        QTest::newRow("Codex") << QByteArray("codex") << QByteArray("model = \"gpt-5.1-codex\" # mine\n");
        QTest::newRow("Continue") << QByteArray("continue") << QByteArray("name: me\nmodels:\n  - name: a # mine\n");
        QTest::newRow("Zed") << QByteArray("zed") << QByteArray("// mine\n{ \"vim_mode\": true, }\n");
    }

    void everyClientsFileIsWrittenAndRestored()
    {
        QFETCH(const QByteArray, client);
        QFETCH(const QByteArray, before);
        const Client &known = *findClient(client);
        const QString name = QDir(m_folder->path()).relativeFilePath(configFileOf(known, places()));
        const GatewayPlace place{.address = QStringLiteral("http://127.0.0.1:8080")};
        put(name, before);
        WrittenFiles files(places().stateFile);
        const auto write = [&] {
            const auto change = changeFor(known, places(), place);
            return change && files.write(client, change->file, change->before, change->after).has_value();
        };
        QVERIFY(write());
        QVERIFY(textOf(name).contains("http://127.0.0.1:8080"));
        QVERIFY2(!changeFor(known, places(), place), "it leads there already");
        QVERIFY(files.restore(*files.of(client)).has_value());
        QCOMPARE(textOf(name), before);
        QVERIFY(write());
        put(name, textOf(name) + "\n");
        QVERIFY(!files.restore(*files.of(client))); // somebody changed it
        QVERIFY(textOf(name).contains("http://127.0.0.1:8080"));
    }

    void writesOnlyAfterTheDiffWasSeen()
    {
        const auto gateway = test::startTestGateway();
        put(QStringLiteral(".config/zed/settings.json"),
            "// Zed\n{\n  \"token\": \"sk-proj-abcdefghijklmnopqrstuvwxyz\",\n}\n");
        const QByteArray before = textOf(QStringLiteral(".config/zed/settings.json"));
        const auto page = openPage(*gateway, "zed");
        button(*page, QStringLiteral("Write into"))->click();
        QPointer<ChangeDialog> dialog = page->findChild<ChangeDialog *>();
        QVERIFY(dialog);
        const QString diff = dialog->findChild<DiffView *>()->toPlainText();
        QVERIFY2(diff.contains(QStringLiteral("+   \"language_models\": {")), qPrintable(diff));
        QVERIFY2(!diff.contains(QStringLiteral("abcdefghijkl")), qPrintable(diff));
        dialog->reject();
        QCOMPARE(textOf(QStringLiteral(".config/zed/settings.json")), before);

        QTRY_VERIFY(!page->findChild<ChangeDialog *>());
        button(*page, QStringLiteral("Write into"))->click();
        QTest::keyClick(page->findChild<ChangeDialog *>(), Qt::Key_Return);
        const QByteArray written = textOf(QStringLiteral(".config/zed/settings.json"));
        QVERIFY2(written.startsWith("// Zed\n{\n  \"language_models\""), written.constData());
        QVERIFY(written.contains(gateway->address()));
        QVERIFY2(shownText(*page).contains(QStringLiteral("Restart Zed")), qPrintable(shownText(*page)));

        QTRY_VERIFY(!page->findChild<ChangeDialog *>());
        button(*page, QStringLiteral("Restore …"))->click();
        QTest::keyClick(page->findChild<ChangeDialog *>(), Qt::Key_Return);
        QCOMPARE(textOf(QStringLiteral(".config/zed/settings.json")), before);
        QVERIFY(!button(*page, QStringLiteral("Restore …"))->isVisible());
        page->setGateway(nullptr);
    }

    void tellsWhyAFileCannotBeChanged()
    {
        const auto gateway = test::startTestGateway();
        put(QStringLiteral(".config/zed/settings.json"), "{ broken");
        const auto page = openPage(*gateway, "zed");
        button(*page, QStringLiteral("Write into"))->click();
        QVERIFY(!page->findChild<ChangeDialog *>());
        QVERIFY2(shownText(*page).contains(QStringLiteral("was left as it is: it is no JSON")),
                 qPrintable(shownText(*page)));
        page->setGateway(nullptr);
    }

    void everyClientIsServed()
    {
        const auto gateway = test::startTestGateway();
        const auto page = openPage(*gateway, "openai-python");
        for (const Client &client : allClients()) {
            QVERIFY2(findEndpoint("POST", client.path).endpoint, client.id);
            page->open(client.id);
            QCOMPARE(button(*page, QStringLiteral("Write into"))->isVisible(), client.file != nullptr);
        }
        page->setGateway(nullptr);
    }

    void showsWhoUsesTheGateway()
    {
        const auto gateway = test::startTestGateway();
        HistoryRecord record = test::sampleRecord(1);
        record.client = {.userAgent = "Zed/0.210.4"};
        gateway->history().add(record);
        const auto page = openPage(*gateway, "zed");
        QTRY_VERIFY(shownText(*page).contains(QStringLiteral("200, 1.90 s")));
        record = test::sampleRecord(2);
        record.client = {.userAgent = "OpenAI/JS 4.96.0", .application = "Cline"};
        record.status = 429;
        record.error = "rate_limited";
        gateway->history().add(record);
        page->open("cline");
        QTRY_VERIFY(shownText(*page).contains(QStringLiteral("429 rate_limited")));
        page->setGateway(nullptr);
    }

    void aHiddenPageRestsUntilItIsShown()
    {
        const auto gateway = test::startTestGateway();
        ClientsPage page(places(), m_actions);
        page.setGateway(gateway.get());
        const auto *list = page.findChild<QListWidget *>(QStringLiteral("clients"));
        QVERIFY(list->item(0)->icon().isNull());
        page.show();
        QVERIFY(!list->item(0)->icon().isNull());
        page.setGateway(nullptr);
    }

    void saysHowToGiveAKeyWhereOneIsAskedFor()
    {
        const auto gateway = test::startTestGateway(
            "security: {enabled: true, api_key: {keys: [{name: ci, value: secret-of-the-gateway}]}}\n");
        const auto page = openPage(*gateway, "openai-python");
        const QString snippet = page->findChild<SnippetBox *>()->text();
        QVERIFY2(snippet.contains(QStringLiteral("LUNARGATE_API_KEY")), qPrintable(snippet));
        QVERIFY(!snippet.contains(QStringLiteral("secret-of-the-gateway")));
        QVERIFY(shownText(*page).contains(QStringLiteral("asks for a key")));
        page->setGateway(nullptr);
    }

    void keyboardLeadsThroughThePage()
    {
        const auto gateway = test::startTestGateway();
        const auto page = openPage(*gateway, "openai-python");
        QVERIFY(test::activate(*page));
        page->setFocus();
        QCOMPARE(test::problemOfTabbing(), QString());
        test::press(Qt::Key_Down);
        const QString snippet = page->findChild<SnippetBox *>()->text();
        QVERIFY(snippet.contains(QStringLiteral("baseURL")));
        QGuiApplication::clipboard()->clear();
        QVERIFY(test::tabTo<QToolButton>());
        test::press(Qt::Key_Space);
        QCOMPARE(QGuiApplication::clipboard()->text(), snippet);
        page->setGateway(nullptr);
    }

    void quittingOffersToRestore()
    {
        test::TestDesktop test;
        test.desktop.start();
        ClientsPage &page = test.desktop.clients();
        test.desktop.window().goTo(&page);
        page.open("zed");
        button(page, QStringLiteral("Write into"))->click();
        page.findChild<ChangeDialog *>()->accept();
        const QString file = test.folder.filePath(QStringLiteral(".config/zed/settings.json"));
        QVERIFY(QFile::exists(file));

        QSignalSpy ended(&test.desktop, &Desktop::ended);
        test.desktop.quit();
        auto *question = test.desktop.window().findChild<QMessageBox *>();
        QVERIFY(question);
        question->checkBox()->setChecked(true);
        // It was changed meanwhile: that is told, and nothing ends.
        QFile edited(file);
        QVERIFY(edited.open(QIODevice::Append));
        edited.write("// mine\n");
        edited.close();
        question->defaultButton()->click();
        QPointer<QMessageBox> problem;
        QTRY_VERIFY((problem = test.desktop.window().findChild<QMessageBox *>()) && problem != question);
        QVERIFY(problem->informativeText().contains(file));
        QCOMPARE(ended.size(), 0);
        problem->reject();

        QFile::remove(file);
        test.desktop.quit();
        QPointer<QMessageBox> again;
        QTRY_VERIFY((again = test.desktop.window().findChild<QMessageBox *>()) && again->checkBox());
        again->checkBox()->setChecked(true);
        again->defaultButton()->click();
        QTRY_COMPARE(ended.size(), 1);
        QVERIFY(page.written().all().empty());
    }

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    Actions m_actions;
};

QTEST_MAIN(ClientsTest)

#include "tst_clients.moc"
