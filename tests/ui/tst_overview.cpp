// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/keyboard.h"
#include "tests/ui/overview_records.h"

#include "gateway/history/history.h"
#include "ui/overview/overview_page.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QMouseEvent>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>

using namespace lunargate;
using namespace lunargate::ui;
using namespace lunargate::test;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {

bool hasColour(const QImage &image, const QColor &colour)
{
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
            if (image.pixelColor(x, y) == colour)
                return true;
        }
    }
    return false;
}

} // namespace

/// The overview on a gateway whose history is in memory.
class OverviewTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        failOnOwnWarnings();
        m_folder = std::make_unique<QTemporaryDir>();
        m_settings = std::make_unique<Settings>(m_folder->filePath(u"desktop.ini"_s));
        m_actions = std::make_unique<Actions>();
        makePage();
    }

    void cleanup()
    {
        m_page.reset();
        m_gateway.reset();
        m_actions.reset();
    }

    void saysThatThereIsNoGateway()
    {
        m_page->show();
        QVERIFY(seesLabel(u"The gateway is not running"_s));
        startGateway();
        QTRY_VERIFY(seesLabel(u"No requests yet"_s));
        m_page->setGateway(nullptr);
        QVERIFY(seesLabel(u"The gateway is not running"_s));
    }

    void saysHowToSwitchTheHistoryOn_data()
    {
        QTest::addColumn<QByteArray>("history");
        QTest::newRow("off") << QByteArray("history: {enabled: false}\n");
        QTest::newRow("nothing is kept") << QByteArray("history: {capture: none}\n");
    }

    void saysHowToSwitchTheHistoryOn()
    {
        QFETCH(const QByteArray, history);
        m_page->show();
        startGateway(history);
        QVERIFY(seesLabel(u"The history is switched off"_s));
        QVERIFY(seesLabel(u"history.capture: metadata"_s));
        QVERIFY(!m_page->source().tally());
    }

    void aReloadCanSwitchTheHistoryOn()
    {
        m_page->show();
        startGateway("history: {enabled: false}\n");
        QVERIFY(seesLabel(u"The history is switched off"_s));
        HistoryConfig on;
        on.path = ":memory:";
        m_gateway->history().apply(on);
        Q_EMIT m_gateway->configReloaded(ReloadReport());
        QTRY_VERIFY(seesLabel(u"No requests yet"_s));
    }

    void saysWhatToDoFirst()
    {
        m_page->show();
        startGateway();
        QTRY_VERIFY(seesLabel(u"No requests yet"_s));
        auto *copy = m_page->findChild<QPushButton *>();
        QVERIFY(copy->isVisible());
        QTest::mouseClick(copy, Qt::LeftButton);
        QCOMPARE(QGuiApplication::clipboard()->text(), QString::fromUtf8(m_gateway->address() + "/v1"));
        QVERIFY(!m_page->findChild<OverviewPlots *>()); // they are made when they are needed
    }

    void showsWhatIsThereAndWhatComes()
    {
        startGateway();
        add(recent(1min));
        m_page->setRange(0);
        m_page->show();
        QTRY_COMPARE(figure(u"Requests"_s), u"Requests: 1"_s);
        add(recent(0s));
        QTRY_VERIFY_WITH_TIMEOUT(figure(u"Requests"_s).startsWith(u"Requests: 2"_s), 10s);
    }

    void comparesWithTheTimeBefore()
    {
        startGateway();
        add(recent(1min));
        add(recent(2min));
        add(recent(20min));
        m_page->setRange(0);
        m_page->show();
        QTRY_COMPARE(figure(u"Requests"_s), u"Requests: 2, +100 %, 1 before"_s);
    }

    void readsNothingWhileItIsHidden()
    {
        startGateway();
        add(recent(1min));
        m_page->setRange(0);
        m_page->show();
        OverviewSource other; // which goes on, with the same pauses
        other.setRange(m_page->source().range());
        other.setHistory(&m_gateway->history());
        other.setActive(true);
        QTRY_VERIFY(m_page->source().tally() && other.tally());
        m_page->hide();
        const auto before = m_page->source().tally();
        add(recent(0s));
        QTRY_COMPARE_WITH_TIMEOUT(other.tally()->sum().requests, 2, 10s);
        QCOMPARE(m_page->source().tally(), before);
        m_page->show();
        QTRY_COMPARE(m_page->source().tally()->sum().requests, 2);
    }

    void saysThatOnlyTheNewestAreKnown()
    {
        startGateway();
        add(recent(1min));
        m_page->show();
        QTRY_VERIFY(seesLabel(u"Newest requests only"_s));
    }

    void rangeAndGroupingAreRemembered()
    {
        m_page->setRange(2);
        m_page->setGrouping(1);
        m_page.reset();
        makePage();
        QCOMPARE(m_page->source().range().age, "7d");
        QCOMPARE(m_page->source().grouping().field, "model");
    }

    // From the page's first control to a group's requests.
    void everythingByKeyboard()
    {
        startGateway();
        add(recent(1min));
        add(recent(1min, "groq"));
        add(recent(1min, "groq"));
        m_page->resize(1000, 700);
        m_page->show();
        QVERIFY(activate(*m_page));
        m_page->setFocus();
        press(Qt::ALT | Qt::Key_3);
        QCOMPARE(m_page->source().range().age, "7d");
        press(Qt::ALT | Qt::Key_C);
        QCOMPARE(m_page->source().grouping().field, "client");
        press(Qt::ALT | Qt::Key_P);
        press(Qt::ALT | Qt::Key_1);
        QTRY_VERIFY(m_page->source().tally() && m_page->findChild<BreakdownTable *>());
        QVERIFY(tabTo<PlotCard>());
        const auto *plot = qobject_cast<PlotCard *>(QApplication::focusWidget());
        QVERIFY2(plot->accessibleDescription().contains(u"highest at"_s), qPrintable(plot->accessibleDescription()));
        press(Qt::Key_End);
        press(Qt::Key_Left);
        QCOMPARE(plot->accessibleDescription(), plot->data().spoken(plot->data().begins.size() - 2));
        for (const PlotCard *other : m_page->findChildren<PlotCard *>())
            QCOMPARE(other->current(), plot->current());
        press(Qt::Key_Escape);
        QCOMPARE(plot->current(), -1);
        QVERIFY(tabTo<BreakdownTable>());
        QSignalSpy wanted(m_page.get(), &OverviewPage::requestsWanted);
        press(Qt::Key_Down);
        press(Qt::Key_Up);
        press(Qt::Key_Return);
        QCOMPARE(wanted.size(), 1);
        QCOMPARE(wanted[0][0].toString(), u"provider:\"groq\" after:15m"_s);
    }

    void rangeAndGroupingAreChosenWithArrowKeys()
    {
        startGateway();
        add(recent(1min));
        m_page->show();
        QVERIFY(activate(*m_page));
        QTRY_VERIFY(m_page->findChild<BreakdownTable *>());
        m_page->setFocus();
        QCOMPARE(focusedName(), u"Time: 24 h"_s); // the one that is chosen
        press(Qt::Key_Right);
        QCOMPARE(m_page->source().range().age, "7d");
        press(Qt::Key_Left);
        press(Qt::Key_Left);
        QCOMPARE(m_page->source().range().age, "15m");
        QVERIFY(tabTo(u"Grouped by: Provider"_s));
        press(Qt::Key_Right);
        QCOMPARE(m_page->source().grouping().field, "model");
        QCOMPARE(focusedName(), u"Grouped by: Model"_s);
    }

    void theMouseMarksTheSameTimeInAllPlots()
    {
        startGateway();
        add(recent(1min));
        m_page->resize(1000, 700);
        m_page->show();
        QTRY_VERIFY(m_page->findChild<PlotCard *>());
        QTRY_VERIFY(m_page->findChild<PlotCard *>()->isVisible());
        const QList<PlotCard *> cards = m_page->findChildren<PlotCard *>();
        auto *plot = cards[0]->findChild<QWidget *>(u"plot"_s);
        const QPointF middle(plot->width() / 2.0, plot->height() / 2.0);
        QMouseEvent move(QEvent::MouseMove, middle, plot->mapToGlobal(middle), Qt::NoButton, {}, {});
        QCoreApplication::sendEvent(plot, &move);
        QVERIFY(cards[0]->current() > 0);
        for (const PlotCard *card : cards)
            QCOMPARE(card->current(), cards[0]->current());
        QEvent leave(QEvent::Leave);
        QCoreApplication::sendEvent(plot, &leave);
        QCOMPARE(cards[3]->current(), -1);
    }

    void plotsFollowTheTheme()
    {
        Theme theme(Theme::Choice::Light);
        startGateway();
        add(recent(1min));
        m_page->resize(1000, 700);
        m_page->show();
        QTRY_VERIFY(m_page->findChild<PlotCard *>());
        QTRY_VERIFY(hasColour(m_page->grab().toImage(), lightColours().series));
        theme.setChoice(Theme::Choice::Dark);
        QTRY_VERIFY(hasColour(m_page->grab().toImage(), darkColours().series));
        QVERIFY(!hasColour(m_page->grab().toImage(), lightColours().surface));
    }

    // Without room for six cards or two plots next to each other nothing is cut off.
    void aNarrowWindowHasRoomForAll()
    {
        startGateway();
        add(recent(1min));
        m_page->resize(560, 500);
        m_page->show();
        QTRY_VERIFY(m_page->findChild<PlotCard *>());
        const auto *area = m_page->findChild<QScrollArea *>();
        QTRY_VERIFY(area->isVisible());
        QTRY_COMPARE(area->horizontalScrollBar()->maximum(), 0);
        const QList<PlotCard *> cards = m_page->findChildren<PlotCard *>();
        QTRY_VERIFY(cards[1]->y() > cards[0]->y());
    }

    void aGroupOpensItsRequests()
    {
        TestDesktop test;
        test.desktop.start();
        test.desktop.gateway()->history().add(recent(1min));
        test.desktop.gateway()->history().add(recent(1min, "groq"));
        test.desktop.overview().setRange(0); // reads anew
        BreakdownTable *table = nullptr;
        QTRY_VERIFY((table = test.desktop.overview().findChild<BreakdownTable *>()));
        QTRY_COMPARE(table->breakdown().rowCount(), 2);
        table->sortByColumn(BreakdownModel::Name, Qt::AscendingOrder);
        Q_EMIT table->clicked(table->model()->index(0, 0));
        QVERIFY(test.desktop.requests().isVisible());
        QTRY_COMPARE(test.desktop.requests().model().rowCount(), 1);
        QCOMPARE(test.desktop.requests().model().row(0).provider, u"groq"_s);
        for (QAction *action : test.desktop.actions().all()) {
            if (action->text() == u"Overview: the last 7 days"_s)
                action->trigger();
        }
        QVERIFY(test.desktop.overview().isVisible());
    }

private:
    void makePage() { m_page = std::make_unique<OverviewPage>(*m_settings, *m_actions); }

    void startGateway(const QByteArray &sections = {})
    {
        m_gateway = startTestGateway(sections);
        m_page->setGateway(m_gateway.get());
    }

    void add(HistoryRecord record) { m_gateway->history().add(std::move(record)); }

    bool seesLabel(const QString &text) const
    {
        const auto labels = m_page->findChildren<QLabel *>();
        return std::ranges::any_of(
            labels, [&text](const QLabel *label) { return label->isVisible() && label->text().contains(text); });
    }

    /// What the card with this title says.
    QString figure(const QString &title) const
    {
        for (const FigureCard *card : m_page->findChildren<FigureCard *>()) {
            if (card->accessibleName().startsWith(title))
                return card->accessibleName();
        }
        return {};
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<Settings> m_settings;
    std::unique_ptr<Actions> m_actions;
    std::unique_ptr<Gateway> m_gateway;
    std::unique_ptr<OverviewPage> m_page;
};

QTEST_MAIN(OverviewTest)
#include "tst_overview.moc"
