// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/test_desktop.h"

#include "gateway/history/history.h"
#include "gateway/observability/request_record.h"

#include <QLineEdit>
#include <QSignalSpy>
#include <QTest>
#include <QThread>

using namespace lunargate;
using namespace lunargate::ui;

/// The page of requests on a history of its own, driven by hand.
class RequestsPageTest : public QObject
{
    Q_OBJECT

private:
    static HistoryConfig inMemory()
    {
        HistoryConfig config;
        config.path = ":memory:";
        config.capture = HistoryCapture::Bodies;
        return config;
    }

    void add(int first, int count)
    {
        for (int number = first; number < first + count; ++number)
            m_history->add(test::sampleRecord(number));
    }

    /// So that they are the past when somebody begins to listen.
    bool waitUntilKept(qint64 count) const
    {
        return QTest::qWaitFor([&] { return m_history->status().inMemory == count; });
    }

    /// Whether the page shows that one, once it has ended.
    bool addAndSee(int number)
    {
        const HistoryRecord record = test::sampleRecord(number);
        m_history->add(record);
        return QTest::qWaitFor([&] { return m_page->model().rowOf(record.id) >= 0; });
    }

private Q_SLOTS:
    void init()
    {
        test::failOnOwnWarnings();
        m_folder = std::make_unique<QTemporaryDir>();
        m_settings = std::make_unique<Settings>(m_folder->filePath(QStringLiteral("desktop.ini")));
        m_actions = std::make_unique<Actions>();
        m_history = std::make_unique<History>(inMemory());
        m_history->start();
        m_page = std::make_unique<RequestsPage>(*m_settings, *m_actions);
    }

    void cleanup()
    {
        m_page.reset();
        m_history.reset();
    }

    void showsThePastAndWhatComes()
    {
        add(0, 3);
        m_page->setHistory(m_history.get());
        QTRY_COMPARE(m_page->model().rowCount(), 3);
        add(3, 2);
        QTRY_COMPARE(m_page->model().rowCount(), 5);
        QCOMPARE(m_page->model().row(0).id, "id-4");
    }

    void olderOnesComeByThePage()
    {
        add(0, 450);
        QVERIFY(waitUntilKept(450));
        m_page->resize(1000, 700);
        m_page->show();
        m_page->setHistory(m_history.get());
        QTRY_COMPARE(m_page->model().rowCount(), 200);
        auto &model = const_cast<RequestsModel &>(m_page->model());
        QTRY_VERIFY(model.canFetchMore({}));
        model.fetchMore({});
        QTRY_COMPARE(model.rowCount(), 400);
        model.fetchMore({});
        QTRY_COMPARE(model.rowCount(), 450);
        QVERIFY(!model.canFetchMore({}));
        QCOMPARE(model.row(449).id, "id-0");
    }

    void heldRequestsComeLater()
    {
        m_page->setHistory(m_history.get());
        QTRY_VERIFY(hasLabel(QStringLiteral("No requests yet")));
        m_page->setLive(false);
        add(0, 2);
        QToolButton *button = nullptr;
        QTRY_VERIFY((button = findButton(QStringLiteral("Held · 2 new"))));
        QCOMPARE(m_page->model().rowCount(), 0);
        QTest::mouseClick(button, Qt::LeftButton);
        QCOMPARE(m_page->model().rowCount(), 2);
    }

    void filterActsOnPastAndFuture()
    {
        add(0, 10);
        m_page->setHistory(m_history.get());
        QTRY_COMPARE(m_page->model().rowCount(), 10);
        m_page->setFilter(QStringLiteral("id:id-1*"));
        QTRY_COMPARE(m_page->model().rowCount(), 1);
        add(10, 12); // id-10 … id-19 are meant, id-20 and id-21 are not
        QTRY_COMPARE(m_page->model().rowCount(), 11);
        m_page->setFilter({});
        QTRY_COMPARE(m_page->model().rowCount(), 22);
    }

    void aWrongFilterIsExplainedAndChangesNothing()
    {
        FilterEdit edit;
        QSignalSpy changed(&edit, &FilterEdit::filterChanged);
        edit.setText(QStringLiteral("status:500"));
        QCOMPARE(changed.size(), 1);
        edit.setText(QStringLiteral("status:500 provder:x"));
        QCOMPARE(changed.size(), 1);
        QVERIFY2(edit.problem().contains(QStringLiteral("provider")), qPrintable(edit.problem()));
        QVERIFY(edit.findChild<QLineEdit *>()->property("invalid").toBool());
        edit.setText(QStringLiteral("status:500 "));
        QCOMPARE(changed.size(), 2);
        QVERIFY(edit.problem().isEmpty());
    }

    void typedFiltersActAfterAPause()
    {
        FilterEdit edit;
        QSignalSpy changed(&edit, &FilterEdit::filterChanged);
        QTest::keyClicks(edit.findChild<QLineEdit *>(), QStringLiteral("cost:>0"));
        QCOMPARE(changed.size(), 0);
        QTRY_COMPARE(changed.size(), 1);
    }

    void filtersAreSavedByName()
    {
        FilterEdit edit;
        SavedFilters saved(edit, *m_settings);
        edit.setText(QStringLiteral("error:*"));
        saved.save(QStringLiteral(" failures "));
        QCOMPARE(m_settings->savedFilters().value(QStringLiteral("failures")), QStringLiteral("error:*"));
        edit.setText({});
        Q_EMIT saved.aboutToShow();
        saved.actions().constFirst()->trigger();
        QCOMPARE(edit.text(), QStringLiteral("error:*"));
        saved.remove(QStringLiteral("failures"));
        QVERIFY(m_settings->savedFilters().isEmpty());
    }

    void detailShowsTheChosenRequestAndPinsIt()
    {
        HistoryRecord record = test::sampleRecord(1);
        record.messages = test::sampleMessages();
        m_history->add(record);
        m_page->setHistory(m_history.get());
        QTRY_COMPARE(m_page->model().rowCount(), 1);
        auto *detail = m_page->findChild<RequestDetail *>();
        QSignalSpy shown(detail, &RequestDetail::shown);
        m_page->open("id-1");
        QTRY_COMPARE(shown.size(), 1);
        QVERIFY(!detail->isHidden());
        const auto *sheet = qobject_cast<TextSheet *>(detail->findChild<QTabWidget *>()->currentWidget());
        QVERIFY(sheet->toPlainText().contains(QStringLiteral("Which tests fail on <main>?")));
        Q_EMIT detail->pinToggled("id-1", true);
        QCOMPARE(m_settings->pinnedRequests(), QStringList{QStringLiteral("id-1")});
        QVERIFY(m_page->model().isPinned("id-1"));
    }

    void aClosedRequestIsOpenedAgainFromItsRow()
    {
        add(0, 2);
        m_page->resize(1000, 700);
        m_page->show();
        m_page->setHistory(m_history.get());
        QTRY_COMPARE(m_page->model().rowCount(), 2);
        const auto *detail = m_page->findChild<RequestDetail *>();
        auto *table = m_page->findChild<RequestsTable *>();
        const QPoint row = table->visualRect(table->model()->index(1, 0)).center();
        QTest::mouseClick(table->viewport(), Qt::LeftButton, {}, row);
        QVERIFY(detail->isVisible());
        for (const char *left : {"id-0", ""}) { // the detail, then its row
            QTest::keyClick(table, Qt::Key_Escape);
            QVERIFY(detail->isHidden());
            QCOMPARE(table->currentId(), left);
        }
        QTest::mouseClick(table->viewport(), Qt::LeftButton, {}, row);
        QTest::keyClick(table, Qt::Key_Escape);
        QTest::mouseClick(table->viewport(), Qt::LeftButton, {}, row);
        QVERIFY(detail->isVisible());
        QCOMPARE(detail->id(), "id-0");
    }

    void thoseUnderWayAreShownWhileThePageIsSeen()
    {
        RunningRequests running;
        RunningBoard board(running);
        RequestRecord record;
        record.requestId = "id-1";
        record.modelAsked = "gpt-4o";
        std::optional<RunningBoard::Entry> entry = board.add(record);
        m_page->setHistory(m_history.get());
        m_page->setRunning(&running);
        const auto isShown = [this] { return m_page->model().rowOf("id-1") >= 0; };
        QVERIFY(addAndSee(9));
        QVERIFY(!isShown());
        m_page->show();
        QTRY_VERIFY(isShown());
        QVERIFY(m_page->model().row(0).isUnderWay());
        m_page->setFilter(QStringLiteral("asked:other"));
        QVERIFY(!isShown());
        m_page->setFilter({});
        QTRY_VERIFY(isShown());
        m_page->setLive(false);
        QVERIFY(!isShown());
        m_page->setLive(true);
        QTRY_VERIFY(isShown());
        entry.reset();
        QTRY_VERIFY(!isShown());
        m_page->setRunning(nullptr);
    }

    void aChosenRequestUnderWayIsOpenedWhenItEnds()
    {
        RunningRequests running;
        RunningBoard board(running);
        HistoryRecord ended = test::sampleRecord(1);
        ended.messages = test::sampleMessages();
        RequestRecord record;
        record.requestId = ended.id;
        record.time = std::chrono::system_clock::time_point(ended.time());
        std::optional<RunningBoard::Entry> entry = board.add(record);
        m_history->add(test::sampleRecord(0));
        m_page->setHistory(m_history.get());
        m_page->setRunning(&running);
        m_page->show();
        QTRY_COMPARE(m_page->model().rowCount(), 2);
        auto *detail = m_page->findChild<RequestDetail *>();
        auto *table = m_page->findChild<RequestsTable *>();
        table->setCurrentIndex(table->model()->index(0, 0));
        QVERIFY(detail->isHidden());
        QSignalSpy shown(detail, &RequestDetail::shown);
        entry.reset();
        m_history->add(ended);
        QTRY_COMPARE(shown.size(), 1);
        QCOMPARE(detail->id(), ended.id);
        QVERIFY(!detail->isHidden());
        QCOMPARE(table->currentId(), ended.id);
        m_page->setRunning(nullptr);
    }

    void requestsThatAreGoneAreSaidToBe()
    {
        m_page->setHistory(m_history.get());
        auto *detail = m_page->findChild<RequestDetail *>();
        QSignalSpy shown(detail, &RequestDetail::shown);
        m_page->open("id-9");
        QTRY_COMPARE(shown.size(), 1);
        QVERIFY(hasLabel(QStringLiteral("does not have this request")));
    }

    void nothingOfAnotherRequestIsLeft()
    {
        HistoryRecord record = test::sampleRecord(1);
        record.messages = test::sampleMessages();
        m_history->add(record);
        m_page->setHistory(m_history.get());
        QTRY_COMPARE(m_page->model().rowCount(), 1);
        auto *detail = m_page->findChild<RequestDetail *>();
        QSignalSpy shown(detail, &RequestDetail::shown);
        m_page->open("id-1");
        QTRY_COMPARE(shown.size(), 1);
        auto *tabs = detail->findChild<QTabWidget *>();
        for (int tab = tabs->count() - 1; tab >= 0; --tab)
            tabs->setCurrentIndex(tab); // fills them
        m_page->open("id-9");
        QTRY_COMPARE(shown.size(), 2);
        for (const TextSheet *sheet : detail->findChildren<TextSheet *>())
            QCOMPARE(sheet->toPlainText(), QString());
        for (const QTableView *table : detail->findChildren<QTableView *>())
            QCOMPARE(table->model()->rowCount(), 0);
        QVERIFY(!hasLabel(QStringLiteral("id-1")));
        QVERIFY(!hasLabel(QStringLiteral("gpt-4o")));
    }

    void heldRequestsWaitAlsoWhenTheFeedLostSome()
    {
        add(0, 3);
        m_page->setHistory(m_history.get());
        QTRY_COMPARE(m_page->model().rowCount(), 3);
        m_page->setLive(false);
        for (int batch = 0; batch < 3; ++batch) {
            add(3 + 280 * batch, 280);
            while (m_history->status().inMemory < 3 + 280 * (batch + 1))
                QThread::msleep(5); // nobody takes what the feed tells
        }
        QTRY_VERIFY(findButton(QStringLiteral("Held · 840 new")));
        QCOMPARE(m_page->model().rowCount(), 3);
        m_page->setLive(true);
        QCOMPARE(m_page->model().rowCount(), 843);
    }

    void filtersOnBodiesActOnTheFuture()
    {
        HistoryRecord record = test::sampleRecord(1);
        record.messages = test::sampleMessages();
        m_page->setHistory(m_history.get());
        m_page->setFilter(QStringLiteral("text:\"careful assistant\""));
        QTRY_VERIFY(hasLabel(QStringLiteral("No request matches")));
        m_history->add(test::sampleRecord(0));
        m_history->add(record);
        QTRY_COMPARE(m_page->model().rowCount(), 1);
        QCOMPARE(m_page->model().row(0).id, "id-1");
    }

    void menusShowAmpersands()
    {
        FilterEdit edit;
        SavedFilters saved(edit, *m_settings);
        edit.setText(QStringLiteral("error:*"));
        saved.save(QStringLiteral("a & b"));
        Q_EMIT saved.aboutToShow();
        QCOMPARE(saved.actions().constFirst()->text(), QStringLiteral("a && b"));
    }

    void columnsStayAsTheyWereChosen()
    {
        const int route = m_page->model().columnCount() - 1;
        auto *table = m_page->findChild<RequestsTable *>();
        QVERIFY(table->isColumnHidden(route));
        QMenu menu;
        table->fillColumnMenu(menu);
        menu.actions().constLast()->trigger();
        QVERIFY(!table->isColumnHidden(route));
        m_page = nullptr;
        m_page = std::make_unique<RequestsPage>(*m_settings, *m_actions);
        QVERIFY(!m_page->findChild<RequestsTable *>()->isColumnHidden(route));
    }

    void aHiddenPageReadsOnePageOnly()
    {
        add(0, 450);
        QVERIFY(waitUntilKept(450));
        m_page->setHistory(m_history.get());
        QTRY_COMPARE(m_page->model().rowCount(), 200);
        m_page->ensurePolished();
        QVERIFY(addAndSee(999)); // the history answers in order: more of the past would be there
        QCOMPARE(m_page->model().rowCount(), 201);
    }

private:
    bool hasLabel(const QString &text) const
    {
        const auto labels = m_page->findChildren<QLabel *>();
        return std::ranges::any_of(labels, [&text](const QLabel *label) { return label->text().contains(text); });
    }

    QToolButton *findButton(const QString &text) const
    {
        for (QToolButton *button : m_page->findChildren<QToolButton *>()) {
            if (button->text() == text)
                return button;
        }
        return nullptr;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<Settings> m_settings;
    std::unique_ptr<Actions> m_actions;
    std::unique_ptr<History> m_history;
    std::unique_ptr<RequestsPage> m_page;
};

QTEST_MAIN(RequestsPageTest)
#include "tst_requests_page.moc"
