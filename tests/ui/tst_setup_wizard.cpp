// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/fake_upstream.h"
#include "tests/support/http_client.h"
#include "tests/ui/keyboard.h"
#include "tests/ui/test_desktop.h"

#include <QFile>
#include <QSignalSpy>
#include <QTcpServer>
#include <QTest>

using namespace lunargate;
using namespace lunargate::ui;

/// The way through the first steps, with a gateway.
class SetupWizardTest : public QObject
{
    Q_OBJECT

private:
    static constexpr char kHistory[] = "history: {path: ':memory:'}\n";

    QString configFile() const { return m_folder->filePath(QStringLiteral("config.yaml")); }

    QByteArray config() const
    {
        QFile file(configFile());
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

    SetupOptions options(Environment environment = {}) const
    {
        return {.configFile = configFile(), .environment = std::move(environment), .localServers = {}};
    }

    static QPushButton *button(const QWidget &parent, const QString &text)
    {
        for (QPushButton *one : parent.findChildren<QPushButton *>()) {
            if (one->isVisible() && one->text().remove(u'&') == text)
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
        for (const QCheckBox *box : parent.findChildren<QCheckBox *>()) {
            if (box->isVisible())
                texts.append(box->text());
        }
        return texts.join(u'\n');
    }

    /// Starts a gateway as the configuration in the file says, or with the simulator on any port.
    StartGateway starter()
    {
        return [this](const std::function<void(StartResult)> &done) {
            if (config().isEmpty()) {
                done({.gateway = test::startTestGateway()});
                return;
            }
            const auto read = [this](std::stop_token) {
                QByteArray text = config() + kHistory;
                return LoadedConfig{.reading = readConfigText(text, "config.yaml", m_environment), .source = "file"};
            };
            auto gateway = std::make_unique<Gateway>(read({}), read);
            if (const Result<void> started = gateway->start(); !started) {
                done({.gateway = nullptr, .problems = {QString::fromUtf8(started.error().message)}});
                return;
            }
            done({.gateway = std::move(gateway)});
        };
    }

    static quint16 portOf(const Gateway &gateway)
    {
        return gateway.address().sliced(gateway.address().lastIndexOf(':') + 1).toUShort();
    }

private Q_SLOTS:
    void init()
    {
        test::failOnOwnWarnings();
        m_folder = std::make_unique<QTemporaryDir>();
        m_environment = {};
    }

    void showsItselfOnceWhereThereIsNoConfiguration()
    {
        test::TestDesktop test(test::TestDesktop::startsAtOnce(), options());
        test.desktop.start();
        QPointer<SetupWizard> wizard = test.desktop.firstSteps().wizard();
        QVERIFY(wizard && wizard->isVisible());
        button(*wizard, QStringLiteral("Skip"))->click();
        QTRY_VERIFY(!wizard);
        QVERIFY(test.settings.hasSeenSetup());
        QVERIFY(!QFile::exists(configFile()));
        QCOMPARE(test.desktop.watch().state().condition, Condition::Running);
        const test::HttpAnswer answer =
            test::HttpClient(portOf(*test.desktop.gateway())).chat(test::chatBody("lunargate/auto"));
        QCOMPARE(answer.status, 200);                   // the simulator
        Q_EMIT test.desktop.clients().setupRequested(); // reached again
        QVERIFY(test.desktop.firstSteps().wizard());
        QVERIFY(
            std::ranges::contains(test.desktop.actions().all(), QStringLiteral("Set up LunarGate"), &QAction::text));
    }

    void staysAwayWhereThereIsAConfiguration()
    {
        QVERIFY(writeNewConfig(configFile(), "a: 1\n").has_value());
        test::TestDesktop test(test::TestDesktop::startsAtOnce(), options());
        test.desktop.start();
        QVERIFY(!test.desktop.firstSteps().wizard());
    }

    void staysAwayWhereNobodyAskedForAWindow()
    {
        test::TestDesktop test(test::TestDesktop::startsAtOnce(), options());
        test.settings.setStartsMinimised(true);
        test.desktop.start();
        QVERIFY(!test.desktop.firstSteps().wizard());
        QVERIFY(!test.settings.hasSeenSetup()); // it comes with the next start that shows a window
    }

    void leadsFromKeysToAConfigurationThatRuns()
    {
        m_environment = Environment({{"OPENAI_API_KEY", "sk-1"}, {"GROQ_API_KEY", "gsk-2"}});
        test::TestDesktop test(starter(), options(m_environment));
        test.desktop.start();
        SetupWizard *wizard = test.desktop.firstSteps().wizard();
        QVERIFY2(shownText(*wizard).contains(QStringLiteral("GROQ_API_KEY")), qPrintable(shownText(*wizard)));
        button(*wizard, QStringLiteral("Next"))->click();
        auto *defaults = wizard->findChild<ChooseStep *>()->findChild<QComboBox *>();
        defaults->setCurrentText(QStringLiteral("groq"));
        button(*wizard, QStringLiteral("Next"))->click();
        QVERIFY(!QFile::exists(configFile()));
        const quint16 port = portOf(*test.desktop.gateway());
        button(*wizard, QStringLiteral("Back"))->click();
        QCOMPARE(defaults->currentText(), QStringLiteral("groq"));
        button(*wizard, QStringLiteral("Next"))->click();
        auto *spin = wizard->findChild<QSpinBox *>();
        QCOMPARE(spin->value(), port);
        const std::optional<quint16> other = nextFreePort(port);
        spin->setValue(*other);
        QSignalSpy started(&test.desktop, &Desktop::gatewayStarted);
        button(*wizard, QStringLiteral("Finish"))->click();
        QVERIFY2(config().contains("${GROQ_API_KEY}"), config().constData());
        QVERIFY(!config().contains("gsk-2"));
        QTRY_COMPARE(started.size(), 1); // the port changed: it is another gateway
        QCOMPARE(portOf(*test.desktop.gateway()), *other);
        QCOMPARE(test.desktop.gateway()->config()->providers.size(), 2U);
        QCOMPARE(test.desktop.gateway()->config()->routing.routes.front().targets.front().provider, QByteArray("groq"));
        QVERIFY(shownText(*wizard).contains(QStringLiteral("Waiting for the first request")));
        QVERIFY(wizard->findChild<SnippetBox *>()->text().contains(QString::number(*other)));
        button(*wizard, QStringLiteral("Done"))->click();
        QVERIFY(!wizard->isVisible());
    }

    void theRunningGatewayTakesOverWithoutARestart()
    {
        test::FakeUpstream ollama;
        ollama.on("/api/version", test::Script::json(200, R"({"version":"0.12.3"})"));
        ollama.on("/v1/models", test::Script::json(200, R"({"data":[{"id":"qwen3:8b"}]})"));
        SetupOptions setup = options();
        setup.localServers = {{.type = "ollama", .port = ollama.port()}};
        const auto startsWithSource = [this](const std::function<void(StartResult)> &done) {
            LoadedConfig loaded{.reading =
                                    readConfigText("server: {port: 0, workers: 1}\nproviders: {simulator: {}}\n"
                                                   "history: {path: ':memory:'}\nrouting: {routes: [{name: default, "
                                                   "targets: [{provider: simulator}]}]}\n",
                                                   "built-in", Environment()),
                                .source = "built-in"};
            auto gateway = std::make_unique<Gateway>(std::move(loaded), [this](std::stop_token) {
                LoadedConfig read{.reading = readConfigText(config() + kHistory, "config.yaml", {}), .source = "file"};
                read.reading.config->server.port = 0; // as the command line may say
                read.reading.config->server.workers = 1;
                return read;
            });
            QVERIFY(gateway->start());
            done({.gateway = std::move(gateway)});
        };
        test::TestDesktop test(startsWithSource, setup);
        test.desktop.start();
        SetupWizard *wizard = test.desktop.firstSteps().wizard();
        QTRY_VERIFY2(shownText(*wizard).contains(QStringLiteral("ollama · runs at")), qPrintable(shownText(*wizard)));
        for (const char *step : {"Next", "Next", "Finish"})
            button(*wizard, QString::fromLatin1(step))->click();
        QTRY_COMPARE(test.desktop.gateway()->config()->providers.front().id, QByteArray("ollama"));
        QCOMPARE(test.desktop.gateway()->config()->providers.front().baseUrl, ollama.url(""));
    }

    void nothingChosenWritesNothing()
    {
        test::TestDesktop test(test::TestDesktop::startsAtOnce(), options());
        test.desktop.start();
        SetupWizard *wizard = test.desktop.firstSteps().wizard();
        QTRY_VERIFY(shownText(*wizard).contains(QStringLiteral("Nothing was found")));
        for (int step = 0; step < 3; ++step)
            button(*wizard, QStringLiteral("Next"))->click();
        QVERIFY(button(*wizard, QStringLiteral("Done")));
        QVERIFY(!QFile::exists(configFile()));
    }

    void anExistingConfigurationIsOnlyShownWhatToAdd()
    {
        QVERIFY(writeNewConfig(configFile(), "a: 1\n").has_value());
        test::TestDesktop test(test::TestDesktop::startsAtOnce(), options(Environment({{"OPENAI_API_KEY", "sk-1"}})));
        test.desktop.start();
        test.desktop.firstSteps().open();
        SetupWizard *wizard = test.desktop.firstSteps().wizard();
        button(*wizard, QStringLiteral("Next"))->click();
        button(*wizard, QStringLiteral("Next"))->click();
        QVERIFY2(shownText(*wizard).contains(QStringLiteral("It is not changed")), qPrintable(shownText(*wizard)));
        QVERIFY(wizard->findChild<PortStep *>()->findChild<QPlainTextEdit *>()->toPlainText().contains(
            QStringLiteral("${OPENAI_API_KEY}")));
        QVERIFY(!button(*wizard, QStringLiteral("Finish")));
        button(*wizard, QStringLiteral("Next"))->click();
        QCOMPARE(config(), QByteArray("a: 1\n"));
    }

    void tellsWhyNothingCouldBeWritten()
    {
        SetupOptions setup = options(Environment({{"OPENAI_API_KEY", "sk-1"}}));
        setup.configFile = m_folder->filePath(QStringLiteral("file/config.yaml"));
        QFile file(m_folder->filePath(QStringLiteral("file")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        test::TestDesktop test(test::TestDesktop::startsAtOnce(), setup);
        test.desktop.start();
        SetupWizard *wizard = test.desktop.firstSteps().wizard();
        for (const char *step : {"Next", "Next", "Finish"})
            button(*wizard, QString::fromLatin1(step))->click();
        QVERIFY2(shownText(*wizard).contains(QStringLiteral("cannot be written")), qPrintable(shownText(*wizard)));
        QVERIFY(button(*wizard, QStringLiteral("Finish")));
    }

    void namesTheOwnerOfATakenPortAndOffersTheNext()
    {
        QTcpServer server;
        QVERIFY(server.listen(QHostAddress::LocalHost));
        test::TestDesktop test(
            [](const std::function<void(StartResult)> &done) {
                done({.gateway = nullptr, .problems = {QStringLiteral("the port is taken")}});
            },
            options());
        test.desktop.start();
        SetupWizard *wizard = test.desktop.firstSteps().wizard();
        button(*wizard, QStringLiteral("Next"))->click();
        button(*wizard, QStringLiteral("Next"))->click();
        auto *spin = wizard->findChild<QSpinBox *>();
        spin->setValue(server.serverPort());
        const QString process = QStringLiteral("(process %1)").arg(QCoreApplication::applicationPid());
        QTRY_VERIFY2(shownText(*wizard).contains(process), qPrintable(shownText(*wizard)));
        QPushButton *take = nullptr;
        for (QPushButton *one : wizard->findChildren<QPushButton *>()) {
            if (one->isVisible() && one->text().startsWith(QStringLiteral("Take ")))
                take = one;
        }
        QVERIFY(take);
        take->click();
        QVERIFY(spin->value() > server.serverPort());
        QVERIFY(shownText(*wizard).contains(QStringLiteral("It is free")));
    }

    void aPortIsLookedAtOnceItIsTyped()
    {
        test::TestDesktop test(test::TestDesktop::startsAtOnce(), options());
        test.desktop.start();
        SetupWizard *wizard = test.desktop.firstSteps().wizard();
        button(*wizard, QStringLiteral("Next"))->click();
        button(*wizard, QStringLiteral("Next"))->click();
        auto *step = wizard->findChild<PortStep *>();
        auto *spin = step->findChild<QSpinBox *>();
        const quint16 port = *nextFreePort(static_cast<quint16>(spin->value()));
        QSignalSpy changed(step, &PortStep::portChanged);
        spin->selectAll();
        QTest::keyClicks(spin, QString::number(port));
        QCOMPARE(changed.size(), 0);
        QCOMPARE(step->port(), port); // what is asked for is what was typed
        QCOMPARE(changed.size(), 1);
    }

    void tellsOfTheFirstRequest()
    {
        test::TestDesktop test(test::TestDesktop::startsAtOnce(), options());
        test.desktop.start();
        SetupWizard *wizard = test.desktop.firstSteps().wizard();
        for (int step = 0; step < 3; ++step)
            button(*wizard, QStringLiteral("Next"))->click();
        const test::HttpClient client(portOf(*test.desktop.gateway()));
        QCOMPARE(client.chat(test::chatBody("nobody/has-this")).status, 400);
        QTRY_VERIFY2(shownText(*wizard).contains(QStringLiteral("it failed: 400")), qPrintable(shownText(*wizard)));
        QCOMPARE(client.chat(test::chatBody("lunargate/auto"), {{"User-Agent", "<b>Zed</b>/1"}}).status, 200);
        QTRY_VERIFY2(shownText(*wizard).contains(QStringLiteral("First request received, 200, ")),
                     qPrintable(shownText(*wizard)));
        QVERIFY(shownText(*wizard).contains(QStringLiteral("<b>Zed</b>/1")));
    }

    void keyboardLeadsThroughAllSteps()
    {
        test::TestDesktop test(test::TestDesktop::startsAtOnce(), options(Environment({{"OPENAI_API_KEY", "sk-1"}})));
        test.desktop.start();
        SetupWizard *wizard = test.desktop.firstSteps().wizard();
        QVERIFY(QTest::qWaitForWindowActive(wizard));
        for (int step = 0; step < 3; ++step) {
            QCOMPARE(test::problemOfTabbing(), QString());
            test::press(Qt::Key_Return);
        }
        QVERIFY(QFile::exists(configFile()));
        QCOMPARE(test::problemOfTabbing(), QString());
        QPointer<SetupWizard> closing = wizard;
        test::press(Qt::Key_Return);
        QTRY_VERIFY(!closing);
    }

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    Environment m_environment;
};

QTEST_MAIN(SetupWizardTest)

#include "tst_setup_wizard.moc"
