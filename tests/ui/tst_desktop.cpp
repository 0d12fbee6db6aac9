// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/test_desktop.h"

#include "gateway/history/history.h"
#include "gateway/resilience/circuit_breakers.h"
#include "ui/replay/replay_window.h"

#include <QClipboard>
#include <QFile>
#include <QGuiApplication>
#include <QLabel>
#include <QMessageBox>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTcpSocket>
#include <QTest>

using namespace lunargate;
using namespace lunargate::ui;
using namespace std::chrono_literals;

/// Gateway, window and tray together.
class DesktopTest : public QObject
{
    Q_OBJECT

private:
    static QAction *entry(const QMenu &menu, const QString &text)
    {
        for (QAction *action : menu.actions()) {
            if (action->text().contains(text))
                return action;
        }
        return nullptr;
    }

    static QByteArray request(const Gateway &gateway, const QByteArray &target, const QByteArray &body)
    {
        QTcpSocket socket;
        socket.connectToHost(QStringLiteral("127.0.0.1"),
                             gateway.address().sliced(gateway.address().lastIndexOf(':') + 1).toUShort());
        socket.write("POST " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: " +
                     QByteArray::number(body.size()) + "\r\n\r\n" + body);
        const bool hasEnded =
            QTest::qWaitFor([&] { return socket.state() == QAbstractSocket::UnconnectedState; }, 5000);
        return hasEnded ? socket.readAll() : QByteArray();
    }

    static constexpr char kChat[] =
        "{\"model\":\"lunargate/auto\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";

    /// One that takes a while.
    static void startStream(const Gateway &gateway, QTcpSocket &socket)
    {
        socket.connectToHost(QStringLiteral("127.0.0.1"), gateway.address().split(':').constLast().toUShort());
        const QByteArray body = QByteArray(kChat).replace("}]}", "}],\"stream\":true}");
        socket.write("POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nX-LunarGate-Route: slow\r\n"
                     "Content-Length: " +
                     QByteArray::number(body.size()) + "\r\n\r\n" + body);
    }

private Q_SLOTS:
    void init() { test::failOnOwnWarnings(); }

    void startsTheGatewayAndShowsItsRequests()
    {
        test::TestDesktop test;
        QSignalSpy started(&test.desktop, &Desktop::gatewayStarted);
        test.desktop.start();
        QCOMPARE(started.size(), 1);
        QVERIFY(test.desktop.window().isVisible());
        QCOMPARE(test.desktop.watch().state().condition, Condition::Running);
        const QByteArray answer = request(*test.desktop.gateway(), "/v1/chat/completions", kChat);
        QVERIFY2(answer.startsWith("HTTP/1.1 200"), answer.constData());
        QTRY_COMPARE(test.desktop.requests().model().rowCount(), 1);
        QCOMPARE(test.desktop.requests().model().row(0).provider, QStringLiteral("simulator"));
    }

    void tellsWhyTheGatewayCannotStartAndTriesAgain()
    {
        int tries = 0;
        test::TestDesktop test([&tries](const std::function<void(StartResult)> &done) {
            if (++tries == 1)
                done({.gateway = nullptr, .problems = {QStringLiteral("port 8080 is taken")}});
            else
                done({.gateway = test::startTestGateway()});
        });
        test.desktop.start();
        QCOMPARE(test.desktop.watch().state().condition, Condition::Error);
        auto *banner = test.desktop.window().findChild<StateBanner *>();
        QVERIFY(banner->isVisible());
        QVERIFY(!entry(test.desktop.tray().menu(), QStringLiteral("Copy base URL"))->isEnabled());
        Q_EMIT banner->retryRequested();
        QCOMPARE(tries, 2);
        QCOMPARE(test.desktop.watch().state().condition, Condition::Running);
        QVERIFY(!banner->isVisible());
    }

    void triesAgainByItself()
    {
        int tries = 0;
        test::TestDesktop test([&tries](const std::function<void(StartResult)> &done) {
            if (++tries < 3)
                done({.gateway = nullptr, .problems = {QStringLiteral("port 8080 is taken")}, .passesByItself = true});
            else
                done({.gateway = test::startTestGateway()});
        });
        test.desktop.start();
        QTRY_COMPARE(test.desktop.watch().state().condition, Condition::Running);
        QCOMPARE(tries, 3);
    }

    void triesAgainWhenAFileChanges()
    {
        const QTemporaryDir folder;
        QFile file(folder.filePath(QStringLiteral("config.yaml")));
        test::TestDesktop test([&file](const std::function<void(StartResult)> &done) {
            if (!file.exists())
                done({.gateway = nullptr, .problems = {QStringLiteral("no file")}, .files = {file.fileName()}});
            else
                done({.gateway = test::startTestGateway()});
        });
        test.desktop.start();
        QCOMPARE(test.desktop.watch().state().condition, Condition::Error);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.close();
        QTRY_COMPARE(test.desktop.watch().state().condition, Condition::Running);
    }

    void theWindowComesUpToTellOfAFailure()
    {
        test::TestDesktop test([](const std::function<void(StartResult)> &done) {
            done({.gateway = nullptr, .problems = {QStringLiteral("port 8080 is taken")}});
        });
        test.settings.setStartsMinimised(true);
        test.desktop.start();
        QVERIFY(test.desktop.window().isVisible());
        QVERIFY(!test.desktop.window().isMinimized());
        test.desktop.window().showMinimized();
        test.desktop.startGateway();
        QVERIFY(test.desktop.window().isMinimized()); // it says nothing new
    }

    void pausingRefusesModelCalls()
    {
        test::TestDesktop test;
        test.desktop.start();
        QAction *pause = entry(test.desktop.tray().menu(), QStringLiteral("Pause"));
        pause->trigger();
        QCOMPARE(test.desktop.watch().state().condition, Condition::Paused);
        QCOMPARE(pause->text(), QStringLiteral("Resume"));
        const QByteArray refused = request(*test.desktop.gateway(), "/v1/chat/completions", kChat);
        QVERIFY2(refused.startsWith("HTTP/1.1 503"), refused.constData());
        QVERIFY(refused.contains("gateway_paused"));
        pause->trigger();
        QCOMPARE(test.desktop.watch().state().condition, Condition::Running);
        QVERIFY(request(*test.desktop.gateway(), "/v1/chat/completions", kChat).startsWith("HTTP/1.1 200"));
    }

    void menuCopiesAddressAndEnvironment()
    {
        test::TestDesktop test;
        test.desktop.start();
        const QMenu &menu = test.desktop.tray().menu();
        const QString address = QString::fromUtf8(test.desktop.gateway()->address());
        QVERIFY(menu.actions().constFirst()->text().contains(address));
        entry(menu, QStringLiteral("Copy base URL"))->trigger();
        QCOMPARE(QGuiApplication::clipboard()->text(), address + QStringLiteral("/v1"));
        entry(*entry(menu, QStringLiteral("Copy environment"))->menu(), QStringLiteral("OpenAI SDK"))->trigger();
        QVERIFY(QGuiApplication::clipboard()->text().contains(QStringLiteral("OPENAI_BASE_URL=") + address));
    }

    void openCircuitsDegradeAndNotify()
    {
        test::TestDesktop test;
        test.desktop.start();
        GatewayWatch &watch = test.desktop.watch();
        QSignalSpy opened(&watch, &GatewayWatch::circuitOpened);
        QSignalSpy closed(&watch, &GatewayWatch::circuitClosed);
        for (const char *log :
             {"circuit breaker state change", "no target of the route", "circuit breaker state change"})
            QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QString::fromLatin1(log)));
        CircuitBreakers &circuits = test.desktop.gateway()->circuits();
        QVERIFY(circuits.forceOpen("simulator", Clock::now()));
        watch.refresh();
        QCOMPARE(watch.state().condition, Condition::Degraded);
        QVERIFY(watch.state().reasons.constFirst().contains(QStringLiteral("simulator")));
        QCOMPARE(opened.size(), 1);
        watch.refresh();
        QCOMPARE(opened.size(), 1);
        QVERIFY(circuits.reset("simulator"));
        watch.refresh();
        QCOMPARE(closed.size(), 1);
        QCOMPARE(watch.state().condition, Condition::Running);
        QCOMPARE(watch.incidents().size(), size_t(1));
    }

    void circuitsThatAreTriedOrGoneAreNotToldAsOpenOrClosed()
    {
        test::TestDesktop test;
        test.desktop.start();
        GatewayWatch &watch = test.desktop.watch();
        QSignalSpy opened(&watch, &GatewayWatch::circuitOpened);
        QSignalSpy closed(&watch, &GatewayWatch::circuitClosed);
        for (const char *log :
             {"circuit breaker state change", "circuit breaker state change", "no target of the route",
              "circuit breaker state change", "circuit breaker state change", "no target of the route",
              "circuit breaker state change"})
            QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QString::fromLatin1(log)));
        CircuitBreakers &circuits = test.desktop.gateway()->circuits();
        QVERIFY(circuits.forceOpen("simulator", Clock::now()));
        QVERIFY(circuits.forceHalfOpen("simulator"));
        watch.refresh();
        QCOMPARE(opened.size(), 0);
        QVERIFY(watch.state().reasons.constFirst().contains(QStringLiteral("half-open")));
        QVERIFY(circuits.reset("simulator"));
        watch.refresh();
        QCOMPARE(closed.size(), 0);
        QVERIFY(circuits.forceOpen("simulator", Clock::now()));
        watch.refresh();
        QCOMPARE(opened.size(), 1);
        Config without = *test.desktop.gateway()->config();
        without.providers.clear();
        circuits.configure(without);
        watch.refresh();
        QCOMPARE(closed.size(), 0);
        QCOMPARE(watch.state().condition, Condition::Running);
    }

    void anErrorThatIsChosenIsSeen()
    {
        test::TestDesktop test;
        test.desktop.start();
        HistoryRecord record = test::sampleRecord(1);
        record.error = "upstream_status";
        test.desktop.gateway()->history().add(record);
        QTRY_COMPARE(test.desktop.watch().incidents().size(), size_t(1));
        test.desktop.window().goTo(&test.desktop.settingsPage());
        QVERIFY(!test.desktop.requests().isVisible());
        entry(test.desktop.tray().menu(), QStringLiteral("Recent errors"))->menu()->actions().constFirst()->trigger();
        QVERIFY(test.desktop.requests().isVisible());
    }

    void theEndOfTheSessionStops()
    {
        test::TestDesktop test;
        test.desktop.start();
        QSignalSpy ended(&test.desktop, &Desktop::ended);
        QEvent quit(QEvent::Quit);
        QCoreApplication::sendEvent(qApp, &quit);
        QCOMPARE(test.desktop.watch().state().condition, Condition::Stopping);
        QTRY_COMPARE(ended.size(), 1);
    }

    void thereIsOneQuestionAtATime()
    {
        test::TestDesktop test;
        test.desktop.start();
        for (int times = 0; times < 3; ++times)
            test.desktop.window().close();
        int visible = 0;
        for (const QMessageBox *question : test.desktop.window().findChildren<QMessageBox *>())
            visible += question->isVisible() ? 1 : 0;
        QCOMPARE(visible, 1);
    }

    void rejectedKeysAreToldOnceUntilOneIsTaken()
    {
        test::TestDesktop test;
        test.desktop.start();
        QSignalSpy rejected(&test.desktop.watch(), &GatewayWatch::keyRejected);
        HistoryRecord record = test::sampleRecord(1);
        record.status = 401;
        record.error = "upstream_status";
        record.attempts.front().status = 401;
        record.attempts.front().error = "upstream_status";
        const HistoryRecord fine = test::sampleRecord(2);
        History &history = test.desktop.gateway()->history();
        history.add(record);
        history.add(record);
        QTRY_COMPARE(test.desktop.watch().incidents().size(), size_t(2));
        QCOMPARE(rejected.size(), 1);
        history.add(fine);
        history.add(record);
        QTRY_COMPARE(rejected.size(), 2);
        QTRY_COMPARE(entry(test.desktop.tray().menu(), QStringLiteral("Recent errors"))->menu()->actions().size(), 3);
    }

    void notificationsAreFewAndCanBeSwitchedOff()
    {
        QTemporaryDir folder;
        Settings settings(folder.filePath(QStringLiteral("desktop.ini")));
        GatewayWatch watch;
        const Notifier notifier(watch, settings, 200ms);
        QSignalSpy told(&notifier, &Notifier::notify);
        Q_EMIT watch.circuitOpened(QStringLiteral("one"), {});
        Q_EMIT watch.circuitOpened(QStringLiteral("two"), {});
        Q_EMIT watch.circuitClosed(QStringLiteral("one"));
        QCOMPARE(told.size(), 1); // the others are told together
        QTRY_COMPARE(told.size(), 2);
        const QString text = told.last().at(1).toString();
        QVERIFY2(text.contains(QStringLiteral("two gets no requests")), qPrintable(text));
        QVERIFY2(text.contains(QStringLiteral("one answers again")), qPrintable(text));
        settings.setNotifiesOf(NotificationKind::Key, false);
        Q_EMIT watch.keyRejected(QStringLiteral("one"));
        QCOMPARE(told.size(), 2);
        Q_EMIT watch.configRefused(QStringLiteral("line 3"));
        QCOMPARE(told.size(), 3);
    }

    void closingTheWindowAsksAndTheGatewayGoesOn()
    {
        test::TestDesktop test;
        test.desktop.start();
        test.desktop.window().close();
        QVERIFY(test.desktop.window().isVisible());
        auto *question = test.desktop.window().findChild<QMessageBox *>();
        QVERIFY(question);
        question->defaultButton()->click();
        QVERIFY(test.desktop.window().isMinimized()); // there is no tray here
        QVERIFY(request(*test.desktop.gateway(), "/v1/chat/completions", kChat).startsWith("HTTP/1.1 200"));
    }

    void quitEndsAtOnceWhenNothingRuns()
    {
        test::TestDesktop test;
        test.desktop.start();
        QSignalSpy ended(&test.desktop, &Desktop::ended);
        test.desktop.quit();
        QCOMPARE(test.desktop.watch().state().condition, Condition::Stopping);
        QTRY_COMPARE(ended.size(), 1);
    }

    void quitSaysWhatIsUnderWayAndLetsItFinish()
    {
        test::TestDesktop test;
        test.desktop.start();
        QSignalSpy ended(&test.desktop, &Desktop::ended);
        QTcpSocket socket;
        startStream(*test.desktop.gateway(), socket);
        QTRY_COMPARE(test.desktop.gateway()->activeRequests(), 1);
        test.desktop.quit();
        auto *question = test.desktop.window().findChild<QMessageBox *>();
        QVERIFY(question);
        QCOMPARE(question->text(), QStringLiteral("One request is under way."));
        const auto *details = question->findChild<QLabel *>(QStringLiteral("qt_msgbox_informativelabel"));
        QVERIFY(details);
        QCOMPARE(details->textFormat(), Qt::PlainText);
        QCOMPARE(ended.size(), 0);
        question->defaultButton()->click();
        QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 1, 20s);
        QTRY_VERIFY(socket.bytesAvailable() > 0);
        QVERIFY(socket.readAll().contains("[DONE]"));
    }

    void nobodyIsSentToAGatewayThatRestarts()
    {
        test::TestDesktop test;
        test.desktop.start();
        QSignalSpy started(&test.desktop, &Desktop::gatewayStarted);
        QTcpSocket socket;
        startStream(*test.desktop.gateway(), socket);
        QTRY_COMPARE(test.desktop.gateway()->activeRequests(), 1);
        Q_EMIT test.desktop.firstSteps().configWritten(1);
        GatewayWatch &watch = test.desktop.watch();
        QCOMPARE(watch.state().condition, Condition::Starting);
        QCOMPARE(watch.state().address, QString());
        watch.refresh(); // as it does once a second
        QCOMPARE(watch.state().condition, Condition::Starting);
        HistoryRecord record = test::sampleRecord(1);
        record.messages = test::sampleMessages();
        Q_EMIT test.desktop.requests().replayRequested(record);
        QVERIFY(test.desktop.window().findChildren<ReplayWindow *>().isEmpty());
        QTRY_COMPARE_WITH_TIMEOUT(started.size(), 1, 20s);
        QCOMPARE(watch.state().condition, Condition::Running);
        QTRY_VERIFY(socket.bytesAvailable() > 0);
        QVERIFY(socket.readAll().contains("[DONE]"));
    }

    void startsHiddenOnlyIfSet()
    {
        test::TestDesktop test;
        test.settings.setStartsMinimised(true);
        test.desktop.start();
        QVERIFY(test.desktop.window().isMinimized()); // without a tray it can still be found
    }

    void pagesFitIntoTheWindow()
    {
        test::TestDesktop test;
        test.desktop.start();
        MainWindow &window = test.desktop.window();
        const QSize size = window.size();
        auto *navigation = window.findChild<QListWidget *>(QStringLiteral("navigation"));
        for (int page = 0; page < navigation->count(); ++page) {
            navigation->setCurrentRow(page);
            QVERIFY(QTest::qWaitForWindowExposed(&window));
            const QSize needed = window.minimumSizeHint();
            QVERIFY2(needed.width() <= size.width() && needed.height() <= size.height(),
                     qPrintable(QStringLiteral("%1: %2x%3")
                                    .arg(navigation->item(page)->text())
                                    .arg(needed.width())
                                    .arg(needed.height())));
        }
        QCOMPARE(window.size(), size);
    }
};

QTEST_MAIN(DesktopTest)
#include "tst_desktop.moc"
