// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/keyboard.h"
#include "tests/ui/test_desktop.h"
#include "gateway/history/history.h"
#include "ui/replay/replay_window.h"

#include <QAbstractItemModelTester>
#include <QClipboard>
#include <QMessageBox>
#include <QPointer>
#include <QSignalSpy>
#include <QTest>

using namespace lunargate;
using namespace lunargate::ui;
using namespace Qt::StringLiterals;
using State = ReplayRun::State;

namespace {

constexpr char kBodies[] = "history: {path: ':memory:', capture: bodies}\n";
constexpr char kSecurity[] = "history: {path: ':memory:', capture: bodies}\n"
                             "security: {enabled: true, provider: api_key, api_key: {keys: [{name: ci, value: "
                             "'a-key-of-some-length'}]}}\n";

/// What a client asked for, with an answer that nobody gave.
HistoryRecord asked(const QByteArray &body = "{\"model\":\"simulator-1\",\"stream\":true,\"messages\":["
                                             "{\"role\":\"user\",\"content\":\"Which tests fail?\"}]}")
{
    HistoryRecord record = test::sampleRecord(1);
    auto messages = std::make_shared<HistoryMessages>(*test::sampleMessages());
    (*messages)[HistoryPart::ClientRequest]->body = body;
    record.modelAsked = "simulator-1";
    record.messages = messages;
    return record;
}

} // namespace

/// The window that sends a request again.
class ReplayTest : public QObject
{
    Q_OBJECT

private:
    void open(const QByteArray &sections = kBodies, const HistoryRecord &record = asked())
    {
        m_gateway = test::startTestGateway(sections);
        m_window = new ReplayWindow(*m_gateway, record, nullptr);
        m_window->show();
    }

    const ReplayRun &run(int number) const { return m_window->queue().run(number); }

    bool choose(const QString &target) const
    {
        auto *targets = m_window->form().findChild<QComboBox *>();
        targets->setCurrentIndex(targets->findText(target));
        return targets->currentText() == target;
    }

    void setTimes(int times) const { m_window->form().findChild<QSpinBox *>()->setValue(times); }

    QPushButton *button(const QString &text) const
    {
        for (QPushButton *one : m_window->findChildren<QPushButton *>()) {
            if (one->text() == text)
                return one;
        }
        return nullptr;
    }

    /// The history's records that `filter` lets through.
    std::vector<HistoryRecord> records(const QByteArray &filter)
    {
        HistoryPage page;
        TaskRunner runner;
        runner.start(find(filter, page), {});
        return QTest::qWaitFor([&] { return !runner.isRunning(); }) ? page.records : std::vector<HistoryRecord>();
    }

    Task<> find(QByteArray filter, HistoryPage &page)
    {
        page = co_await m_gateway->history().find({.filter = *parseHistoryFilter(filter, {}), .limit = 100});
    }

private Q_SLOTS:
    void init() { test::failOnOwnWarnings(); }

    void cleanup()
    {
        delete m_window;
        m_window = nullptr;
        m_gateway.reset();
    }

    void sendsARequestAgainAsItWas()
    {
        open();
        QCOMPARE(m_window->queue().count(), 1);
        QVERIFY(run(0).answer.text().startsWith(u"Two tests fail"_s));
        QTest::mouseClick(button(u"&Send"_s), Qt::LeftButton);
        QCOMPARE(m_window->queue().count(), 2);
        QTRY_VERIFY(run(1).hasEnded() && run(1).usage);
        QCOMPARE(run(1).status, 200);
        QCOMPARE(run(1).error, QString());
        QCOMPARE(run(1).servedBy(), u"simulator/simulator-1"_s);
        QVERIFY(run(1).firstToken && *run(1).firstToken <= run(1).total);
        QVERIFY2(run(1).answer.text().contains(u"Which tests fail?"_s), qPrintable(run(1).answer.text()));
        QVERIFY(m_window->answers().verdict().contains(u"differ in"_s)); // the original is next to it
        QVERIFY(!button(u"Ca&ncel"_s)->isEnabled());
    }

    void theHistoryHasEachOnceUnderANameOfItsOwn()
    {
        open();
        setTimes(2);
        m_window->form().send();
        QTRY_VERIFY(run(2).hasEnded());
        const std::vector<HistoryRecord> found = records("caller:desktop-app");
        QCOMPARE(found.size(), 2U);
        QCOMPARE(found[0].clientRequestId, "replay-of-id-1");
        QCOMPARE(records({}).size(), 2U);
    }

    void equalAnswersAreToldToBe()
    {
        open();
        setTimes(2);
        m_window->form().send();
        QTRY_VERIFY(run(2).hasEnded());
        m_window->select({1, 2});
        QCOMPARE(m_window->answers().verdict(), u"Both say the same."_s);
        m_window->select({1});
        QCOMPARE(m_window->answers().verdict(), QString());
    }

    void answersAreShownAsTheyCome()
    {
        open("history: {path: ':memory:', capture: bodies}\n", asked());
        QVERIFY(choose(u"slow/simulator-2"_s));
        m_window->form().send();
        QCOMPARE(run(1).state, State::Sent);
        QVERIFY(button(u"Ca&ncel"_s)->isEnabled());
        QTRY_VERIFY(run(1).total > std::chrono::milliseconds(300)); // before anything comes
        QCOMPARE(run(1).state, State::Sent);
        QCOMPARE(m_window->answers().verdict(), u"What differs is marked when both have ended."_s);
        QTRY_VERIFY(run(1).hasEnded() && run(1).usage);
        QVERIFY(run(1).firstToken > std::chrono::milliseconds(900));
    }

    void goesToOtherRoutesAndModels()
    {
        open();
        QVERIFY(choose(u"Route slow"_s));
        m_window->form().send();
        QTRY_VERIFY(run(1).hasEnded() && run(1).usage);
        QCOMPARE(run(1).servedBy(), u"slow/simulator-2"_s);
        QCOMPARE(records("caller:desktop-app")[0].route, "slow");
        QVERIFY(choose(u"simulator/simulator-1"_s));
        m_window->form().send();
        QTRY_VERIFY(run(2).hasEnded() && run(2).usage);
        QCOMPARE(run(2).servedBy(), u"simulator/simulator-1"_s);
    }

    void changedBodiesAreSent()
    {
        open();
        m_window->form().editor().setText(
            u"{\"model\":\"simulator-1\",\"messages\":[{\"role\":\"user\",\"content\":\"Something else\"}]}"_s);
        m_window->form().send();
        QTRY_VERIFY(run(1).hasEnded() && run(1).usage);
        QVERIFY2(run(1).answer.text().contains(u"Something else"_s), qPrintable(run(1).answer.text()));
        QVERIFY(!records("caller:desktop-app")[0].stream);
        m_window->form().editor().reset();
        QCOMPARE(m_window->form().terms().body, asked().messages->parts[0]->body);
    }

    void whatIsNoJsonIsNotSent()
    {
        open();
        m_window->form().editor().setText(u"{\n  \"model\": }"_s);
        QVERIFY2(m_window->form().editor().problem().startsWith(u"Line 2, character"_s),
                 qPrintable(m_window->form().editor().problem()));
        QVERIFY(!button(u"&Send"_s)->isEnabled());
        m_window->form().send();
        QCOMPARE(m_window->queue().count(), 1);
        m_window->form().editor().setText(u"[]"_s);
        QVERIFY(m_window->form().editor().problem().contains(u"object"_s));
        m_window->form().editor().setText(u"{}"_s);
        QVERIFY(m_window->form().editor().problem().isEmpty());
    }

    void longBodiesAreSentAsTheyAre()
    {
        const QByteArray body = "{\"model\":\"simulator-1\",\"messages\":[{\"role\":\"user\",\"content\":\"" +
                                QByteArray(BodyEditor::kMostCharacters, 'x') + "\"}]}";
        open(kBodies, asked(body));
        QVERIFY(m_window->form().editor().findChild<QPlainTextEdit *>()->isReadOnly());
        QCOMPARE(m_window->form().terms().body, body);
        m_window->form().send();
        QTRY_VERIFY(run(1).hasEnded() && run(1).usage);
        QCOMPARE(run(1).status, 200);
    }

    void failuresAreToldInWords()
    {
        open();
        m_window->form().editor().setText(u"{\"model\":5}"_s);
        m_window->form().send();
        QTRY_VERIFY(run(1).hasEnded() && !run(1).error.isEmpty());
        QCOMPARE(run(1).status, 400);
        QVERIFY2(run(1).answer.error().contains(u"must be a string"_s), qPrintable(run(1).answer.error()));
        m_window->select({1});
        QVERIFY(m_window->answers().findChild<QPlainTextEdit *>()->toPlainText().contains(run(1).answer.error()));
    }

    void aPausedGatewaySaysSo()
    {
        open();
        m_gateway->setPaused(true);
        m_window->form().send();
        QTRY_VERIFY(run(1).hasEnded());
        QCOMPARE(run(1).status, 503);
        QVERIFY(run(1).answer.error().contains(u"paused"_s));
    }

    void cancellingEndsWhatRunsAndWhatWaits()
    {
        open();
        QVERIFY(choose(u"slow/simulator-2"_s));
        setTimes(3);
        m_window->form().send();
        QCOMPARE(run(2).state, State::Waiting);
        QTest::mouseClick(button(u"Ca&ncel"_s), Qt::LeftButton);
        QCOMPARE(run(3).state, State::Cancelled);
        QTRY_COMPARE(run(1).state, State::Cancelled);
        QVERIFY(!button(u"Ca&ncel"_s)->isEnabled());
        QTRY_COMPARE(m_gateway->activeRequests(), 0);
        QCOMPARE(records("caller:desktop-app").size(), 1U);
        QCOMPARE(records("caller:desktop-app")[0].error, "client_cancelled");
    }

    void closingTheWindowCancels()
    {
        open();
        QVERIFY(choose(u"slow/simulator-2"_s));
        m_window->form().send();
        QTRY_COMPARE(m_gateway->activeRequests(), 1);
        delete m_window;
        m_window = nullptr;
        QTRY_COMPARE(m_gateway->activeRequests(), 0);
    }

    void escapeClosesAtOnceIfNothingIsLost()
    {
        open();
        m_window->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(m_window));
        const QPointer<ReplayWindow> window = std::exchange(m_window, nullptr);
        QTest::keyClick(window, Qt::Key_Escape);
        QTRY_VERIFY(!window);
    }

    void closingAsksIfSomethingWouldBeLost_data()
    {
        QTest::addColumn<bool>("isChanged");
        QTest::newRow("a changed body") << true;
        QTest::newRow("a run under way") << false;
    }

    void closingAsksIfSomethingWouldBeLost()
    {
        QFETCH(const bool, isChanged);
        open();
        if (isChanged) {
            m_window->form().editor().setText(u"{}"_s);
        } else {
            QVERIFY(choose(u"slow/simulator-2"_s));
            setTimes(ReplayForm::kMostTimes); // enough for the questions
            m_window->form().send();
        }
        m_window->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(m_window));
        QTest::keyClick(m_window, Qt::Key_Escape);
        QVERIFY(m_window->isVisible());
        auto *question = m_window->findChild<QMessageBox *>();
        QVERIFY(question);
        QVERIFY(question->informativeText().contains(isChanged ? u"changes of the body"_s : u"under way"_s));
        question->button(QMessageBox::Cancel)->click();
        QTRY_VERIFY(!m_window->findChild<QMessageBox *>());
        QVERIFY(m_window->isVisible());
        m_window->close();
        question = m_window->findChild<QMessageBox *>();
        QVERIFY(question);
        const QPointer<ReplayWindow> window = std::exchange(m_window, nullptr);
        for (QAbstractButton *one : question->buttons()) {
            if (question->buttonRole(one) == QMessageBox::DestructiveRole)
                one->click();
        }
        QTRY_VERIFY(!window);
        QTRY_COMPARE(m_gateway->activeRequests(), 0);
    }

    void needsNoKeyWhereKeysAreNeeded()
    {
        open(kSecurity);
        m_window->form().send();
        QTRY_VERIFY(run(1).hasEnded() && run(1).usage);
        QCOMPARE(run(1).status, 200);
        QCOMPARE(records("caller:desktop-app").size(), 1U);
    }

    void aGatewayThatEndsFinishesWhatRunsAndTakesNothingMore()
    {
        open();
        QVERIFY(choose(u"slow/simulator-2"_s));
        setTimes(2);
        QSignalSpy stopped(m_gateway.get(), &Gateway::stopped);
        m_window->form().send();
        QTRY_COMPARE(m_gateway->activeRequests(), 1);
        m_gateway->stop();
        QTRY_COMPARE(stopped.size(), 1);
        QTRY_VERIFY(run(2).hasEnded());
        QCOMPARE(run(1).status, 200);
        QCOMPARE(run(1).answer.error(), QString());
        QVERIFY(run(2).answer.error().contains(u"shutting down"_s));
        m_window->setClosed();
        QVERIFY(!button(u"&Send"_s)->isEnabled());
    }

    void everythingGoesByKeyboard()
    {
        open();
        const QAbstractItemModelTester tester(m_window->table().model(),
                                              QAbstractItemModelTester::FailureReportingMode::QtTest);
        QVERIFY(test::activate(*m_window));
        QCOMPARE(test::focusedName(), u"Route or model"_s);
        QCOMPARE(test::problemOfTabbing(), QString());
        test::press(Qt::Key_Down);
        QCOMPARE(m_window->form().target().text, u"Route default"_s);
        QVERIFY(test::tabTo(u"How often"_s));
        test::press(Qt::Key_Up);
        QVERIFY(test::tabTo(u"The request's body"_s));
        test::press(Qt::CTRL | Qt::Key_A);
        test::type(u"{\"messages\":[{\"role\":\"user\",\"content\":\"Changed\"}]}"_s);
        test::press(Qt::CTRL | Qt::Key_Return);
        QCOMPARE(m_window->queue().count(), 3); // the original, and two runs
        QTRY_VERIFY(run(2).hasEnded() && run(2).usage);
        QCOMPARE(run(2).status, 200);
        QVERIFY(test::tabTo(u"Runs"_s));
        test::press(Qt::Key_Up);
        QCOMPARE(m_window->table().selectionModel()->selectedRows().size(), 1);
        QVERIFY(test::tabTo(u"The first answer"_s));
        test::press(Qt::CTRL | Qt::Key_A);
        test::press(Qt::CTRL | Qt::Key_C);
        QCOMPARE(QGuiApplication::clipboard()->text(), run(0).answer.text());
        QVERIFY(test::tabTo(u"Runs"_s));
        test::press(Qt::SHIFT | Qt::Key_Down);
        QCOMPARE(m_window->table().selectionModel()->selectedRows().size(), 2);
        QVERIFY(m_window->answers().verdict().contains(u"differ"_s));
    }

    void closingIsDecidedByKeyboard()
    {
        open();
        QVERIFY(test::activate(*m_window));
        QVERIFY(test::tabTo(u"The request's body"_s));
        test::type(u" "_s);
        test::press(Qt::Key_Escape);
        auto *question = m_window->findChild<QMessageBox *>();
        QVERIFY(question);
        QVERIFY(QTest::qWaitForWindowActive(question));
        QCOMPARE(test::problemOfTabbing(), QString());
        test::press(Qt::Key_Return); // keeps it
        QTRY_VERIFY(!m_window->findChild<QMessageBox *>());
        QVERIFY(m_window->isVisible());
        QVERIFY(test::activate(*m_window));
        test::press(Qt::Key_Escape);
        QVERIFY(QTest::qWaitForWindowActive(m_window->findChild<QMessageBox *>()));
        QVERIFY(test::tabTo(u"Close"_s));
        const QPointer<ReplayWindow> window = std::exchange(m_window, nullptr);
        test::press(Qt::Key_Space);
        QTRY_VERIFY(!window);
    }

    void figuresStandInTheTable()
    {
        open();
        m_window->form().send();
        QTRY_VERIFY(run(1).hasEnded() && run(1).usage);
        const QAbstractItemModel *model = m_window->table().model();
        const auto text = [model](int row, int column) { return model->index(row, column).data().toString(); };
        QCOMPARE(text(0, ReplayModel::Number), u"Original"_s);
        QCOMPARE(text(0, ReplayModel::FirstToken), u"602 ms"_s);
        QCOMPARE(text(0, ReplayModel::TokensOut), u"130"_s);
        QCOMPARE(text(1, ReplayModel::SentTo), u"As before"_s);
        QCOMPARE(text(1, ReplayModel::Status), u"200"_s);
        QVERIFY(!text(1, ReplayModel::TokensOut).isEmpty());
    }

    void theDesktopOpensOneWindowARequest()
    {
        test::TestDesktop test(
            [](const std::function<void(StartResult)> &done) { done({.gateway = test::startTestGateway(kBodies)}); });
        test.desktop.start();
        test.desktop.gateway()->history().add(asked());
        test.desktop.gateway()->history().add(test::sampleRecord(2)); // without bodies
        auto &page = test.desktop.requests();
        QTRY_COMPARE(page.model().rowCount(), 2);
        auto *detail = page.findChild<RequestDetail *>();
        QSignalSpy shown(detail, &RequestDetail::shown);
        page.open("id-1");
        QTRY_COMPARE(shown.size(), 1);
        detail->replay();
        detail->replay();
        const auto windows = test.desktop.window().findChildren<ReplayWindow *>();
        QCOMPARE(windows.size(), 1);
        windows[0]->form().send();
        QTRY_VERIFY(windows[0]->queue().run(1).hasEnded());

        page.open("id-2");
        QTRY_COMPARE(shown.size(), 2);
        detail->replay();
        QCOMPARE(test.desktop.window().findChildren<ReplayWindow *>().size(), 1);
        const auto labels = detail->findChildren<QLabel *>();
        QVERIFY(std::ranges::any_of(
            labels, [](const QLabel *label) { return label->text().contains(u"its body was not kept"_s); }));
    }

    void windowsOutliveARestart()
    {
        test::TestDesktop test(
            [](const std::function<void(StartResult)> &done) { done({.gateway = test::startTestGateway(kBodies)}); });
        test.desktop.start();
        Q_EMIT test.desktop.requests().replayRequested(asked());
        QPointer<ReplayWindow> window = test.desktop.window().findChild<ReplayWindow *>();
        QVERIFY(window);
        const QString changed =
            u"{\"model\":\"simulator-1\",\"messages\":[{\"role\":\"user\",\"content\":\"Changed\"}]}"_s;
        window->form().editor().setText(changed);
        QSignalSpy started(&test.desktop, &Desktop::gatewayStarted);
        Q_EMIT test.desktop.firstSteps().configWritten(1); // another port
        window->form().send();
        QCOMPARE(window->queue().count(), 1); // nothing is sent to a gateway that goes
        QTRY_COMPARE(started.size(), 1);
        QVERIFY(window);
        QCOMPARE(window->form().editor().body(), changed.toUtf8());
        window->form().send();
        QTRY_VERIFY(window->queue().run(1).hasEnded());
        QCOMPARE(window->queue().run(1).status, 200);
    }

    void aGatewayThatGoesEndsTheRuns()
    {
        open();
        QVERIFY(choose(u"slow/simulator-2"_s));
        setTimes(2);
        m_window->form().send();
        QTRY_COMPARE(m_gateway->activeRequests(), 1);
        m_window->setGateway(nullptr);
        QCOMPARE(run(1).state, State::Cancelled);
        QCOMPARE(run(2).state, State::Cancelled);
        QVERIFY(!button(u"&Send"_s)->isEnabled());
        QVERIFY(!button(u"Ca&ncel"_s)->isEnabled());
        QTRY_COMPARE(m_gateway->activeRequests(), 0);
    }

private:
    std::unique_ptr<Gateway> m_gateway;
    ReplayWindow *m_window = nullptr; // deletes itself when it is closed
};

QTEST_MAIN(ReplayTest)
#include "tst_replay.moc"
