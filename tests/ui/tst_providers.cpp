// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/keyboard.h"
#include "tests/ui/providers_gateway.h"
#include "tests/ui/test_desktop.h"

#include "gateway/history/history.h"

#include <QApplication>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>

using namespace lunargate;
using namespace lunargate::ui;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {

/// Counts how often the widgets of a card are painted.
class PaintCounter : public QObject
{
public:
    explicit PaintCounter(QWidget &root)
    {
        root.installEventFilter(this);
        for (QWidget *widget : root.findChildren<QWidget *>())
            widget->installEventFilter(this);
    }

    int count = 0;

protected:
    bool eventFilter(QObject *, QEvent *event) override
    {
        count += event->type() == QEvent::Paint ? 1 : 0;
        return false;
    }
};

} // namespace

/// The page of providers on a gateway of its own.
class ProvidersTest : public QObject
{
    Q_OBJECT

private:
    static constexpr char kProviders[] = "providers: {one: {type: simulator}, two: {type: simulator}}\n";
    static constexpr char kRoute[] = "routing: {routes: [{name: default, targets: [{provider: one, model: m}]}]}\n";

    void start(const QByteArray &sections = {}, const QByteArray &providers = kProviders)
    {
        m_config = providers + kRoute + sections;
        m_gateway = test::startProvidersGateway(m_config);
        m_page->setGateway(m_gateway.get());
        m_page->resize(1000, 700);
        m_page->show();
        QVERIFY(QTest::qWaitForWindowActive(m_page.get()));
    }

    ProviderCard &card(const char *id)
    {
        for (ProviderCard *card : m_page->cards()) {
            if (card->id() == id)
                return *card;
        }
        qFatal("there is no card of %s", id);
    }

    /// What is seen on it.
    static QString textOf(const QWidget &widget)
    {
        QStringList texts;
        for (const QLabel *label : widget.findChildren<QLabel *>()) {
            if (label->isVisible())
                texts.append(label->text());
        }
        return texts.join(u'|');
    }

    static bool shows(const QWidget &widget, const QString &text) { return textOf(widget).contains(text); }

    static QToolButton *button(const QWidget &widget, const QString &text)
    {
        for (QToolButton *button : widget.findChildren<QToolButton *>()) {
            if (button->text() == text || button->accessibleName() == text)
                return button;
        }
        return nullptr;
    }

    static void trigger(const QMenu &menu, const QString &text)
    {
        for (QAction *action : menu.actions()) {
            if (action->text() == text)
                action->trigger();
        }
    }

    QAction *action(const QString &text) const
    {
        for (QAction *action : m_actions->all()) {
            if (action->text() == text)
                return action;
        }
        return nullptr;
    }

    CircuitState state(const QByteArray &provider, const QByteArray &model = {}) const
    {
        return m_gateway->circuits().state(provider, model, Clock::now());
    }

    void useModel(const QByteArray &model)
    {
        CircuitBreakers &breakers = m_gateway->circuits();
        breakers.admit(*m_gateway->config()->provider("one"), model, Clock::now())->succeed(Clock::now());
    }

    /// As if a second had passed.
    void tick()
    {
        QHideEvent hidden;
        QCoreApplication::sendEvent(m_page.get(), &hidden);
        QShowEvent shown;
        QCoreApplication::sendEvent(m_page.get(), &shown);
    }

private Q_SLOTS:
    void init()
    {
        QTest::failOnWarning(QRegularExpression(QStringLiteral("^(?!This plugin does not support|QObject::connect: No "
                                                               "such signal QPlatformNativeInterface|circuit breaker "
                                                               "state change|no target of the route)")));
        m_actions = std::make_unique<Actions>();
        m_page = std::make_unique<ProvidersPage>(*m_actions);
    }

    void cleanup()
    {
        m_page.reset();
        m_gateway.reset();
    }

    void withoutAGatewayItSaysSo()
    {
        m_page->show();
        QVERIFY(shows(*m_page, QStringLiteral("Providers come here once the gateway runs.")));
        QVERIFY(!m_page->isLooking());
        QVERIFY(!action(QStringLiteral("Show the requests of a provider"))->isEnabled());
    }

    void providersWithoutRequestsSaySo()
    {
        start();
        QCOMPARE(m_page->cards().size(), 2);
        QTRY_VERIFY(shows(card("one"), QStringLiteral("No requests in the last 24 hours")));
        QVERIFY(shows(card("two"), QStringLiteral("Circuit closed")));
        QVERIFY(!shows(card("two"), QStringLiteral("Last hour")));
        QVERIFY(!shows(card("two"), QStringLiteral("Last error")));
    }

    void withoutAHistoryItSaysSo()
    {
        start("history: {enabled: false}\n");
        QVERIFY(shows(card("one"), QStringLiteral("The history is switched off")));
    }

    void showsThePastAndWhatComes()
    {
        m_config = QByteArray(kProviders) + kRoute;
        m_gateway = test::startProvidersGateway(m_config);
        History &history = m_gateway->history();
        history.add(test::callTo("one", 20min, 300ms));
        history.add(test::callTo("one", 10min, 500ms));
        history.add(test::failedCallTo("one", 5min));
        history.add(test::callTo("one", 3h, 700ms)); // not within the hour
        m_page->setGateway(m_gateway.get());
        m_page->show();
        QTRY_VERIFY2(shows(card("one"), QStringLiteral("3 requests, 1 failed")), qPrintable(textOf(card("one"))));
        QTRY_VERIFY2(shows(card("one"), QStringLiteral("median 500 ms")), qPrintable(textOf(card("one"))));
        QVERIFY(shows(card("one"), QStringLiteral("24.9 k in, 260 out")));
        QVERIFY(shows(card("one"), QStringLiteral("upstream_status (503)")));
        const auto *sparkline = card("one").findChild<Sparkline *>();
        QCOMPARE(sparkline->accessibleName(),
                 QStringLiteral("Time to first byte of the last 4 calls, 700 ms at the most, 1 failed"));
        QVERIFY(!shows(card("two"), QStringLiteral("requests,")));

        history.add(test::callTo("two", 1s));
        QTRY_VERIFY2(shows(card("two"), QStringLiteral("1 request")), qPrintable(textOf(card("two"))));
    }

    void findsCallsThatManyOthersFollowed()
    {
        m_config = QByteArray(kProviders) + kRoute;
        m_gateway = test::startProvidersGateway(m_config);
        for (int number = 0; number < 3; ++number)
            m_gateway->history().add(test::callTo("two", 2h + number * 1min));
        m_gateway->history().add(test::callTo("two", 25h)); // too long ago
        for (int number = 0; number < 2 * kLargestHistoryPage; ++number)
            m_gateway->history().add(test::callTo("one", number * 1s));
        m_page->setGateway(m_gateway.get());
        m_page->show();
        const auto *sparkline = card("two").findChild<Sparkline *>();
        QTRY_VERIFY2(sparkline->accessibleName().contains(QStringLiteral("of the last 3 calls")),
                     qPrintable(sparkline->accessibleName()));
        QVERIFY(card("one").findChild<Sparkline *>()->accessibleName().contains(QStringLiteral("last 60 calls")));
    }

    void countsDownAndCloses()
    {
        start();
        trigger(*button(card("one"), QStringLiteral("Force open"))->menu(), QStringLiteral("for 5 minutes"));
        QCOMPARE(state("one"), CircuitState::Open);
        QCOMPARE(state("two"), CircuitState::Closed);
        QVERIFY(shows(card("one"), QStringLiteral("half-open in 5 m 00 s")));
        QVERIFY(shows(card("one"), QStringLiteral("Opened by hand")));
        QTRY_VERIFY(shows(card("one"), QStringLiteral("half-open in 4 m 59 s"))); // by itself
        button(card("one"), QStringLiteral("Reset"))->click();
        QCOMPARE(state("one"), CircuitState::Closed);
        QVERIFY(shows(card("one"), QStringLiteral("Circuit closed")));
        QVERIFY(!button(card("one"), QStringLiteral("Reset"))->isEnabled());
    }

    void theNextRequestsProbe()
    {
        start();
        QVERIFY(!button(card("one"), QStringLiteral("Probe with next requests"))->isEnabled());
        trigger(*button(card("one"), QStringLiteral("Force open"))->menu(), QStringLiteral("for the configured time"));
        QVERIFY(shows(card("one"), QStringLiteral("half-open in 30 s")));
        button(card("one"), QStringLiteral("Probe with next requests"))->click();
        QCOMPARE(state("one"), CircuitState::HalfOpen);
        QVERIFY(shows(card("one"), QStringLiteral("Circuit half-open")));
    }

    void withoutBreakerNothingIsOffered()
    {
        start("circuit_breaker: {enabled: false}\n");
        QVERIFY(shows(card("one"), QStringLiteral("No circuit breaker")));
        QVERIFY(shows(card("one"), QStringLiteral("circuit_breaker.enabled")));
        QVERIFY(!button(card("one"), QStringLiteral("Reset"))->isVisible());
        QVERIFY(!action(QStringLiteral("Reset the circuit of one"))->isEnabled());
        QVERIFY(!action(QStringLiteral("Force the circuit of one open for 5 minutes"))->isEnabled());
        QVERIFY(action(QStringLiteral("Show the requests of one"))->isEnabled());
    }

    void modelsHaveTheirOwnCircuits()
    {
        start("circuit_breaker: {scope: model}\n");
        QVERIFY(shows(card("one"), QStringLiteral("No circuit yet")));
        QVERIFY(!button(card("one"), QStringLiteral("Force open"))->isEnabled());
        useModel("large");
        useModel("small");
        tick();
        QVERIFY(shows(card("one"), QStringLiteral("All 2 circuits closed")));
        button(card("one"), QStringLiteral("Requests"))->setFocus();
        for (const char *name : {"Circuit of large", "Circuit of small", "Force open"}) {
            QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
            QCOMPARE(QApplication::focusWidget(), button(card("one"), QString::fromLatin1(name)));
        }
        QMenu *menu = button(card("one"), QStringLiteral("Circuit of small"))->menu();
        trigger(*menu->findChild<OpenMenu *>(), QStringLiteral("for 2 hours"));
        QCOMPARE(state("one", "small"), CircuitState::Open);
        QCOMPARE(state("one", "large"), CircuitState::Closed);
        QVERIFY(shows(card("one"), QStringLiteral("1 of 2 circuits open")));
        QVERIFY(shows(card("one"), QStringLiteral("half-open in 2 h 00 m")));
        button(card("one"), QStringLiteral("Reset"))->click(); // all of them
        QCOMPARE(state("one", "small"), CircuitState::Closed);
    }

    void ofManyModelsTheTroubledOnesAreListed()
    {
        start("circuit_breaker: {scope: model}\n");
        for (int number = 10; number < 22; ++number)
            useModel("model-" + QByteArray::number(number));
        m_gateway->circuits().forceOpen("one/model-21", Clock::now());
        tick();
        QCOMPARE(card("one").findChildren<CircuitRow *>().size(), CircuitList::kMostCircuits);
        QVERIFY(shows(card("one"), QStringLiteral("model-21")));
        QVERIFY(shows(card("one"), QStringLiteral("and 4 more")));
        m_gateway->circuits().reset("one/model-21");
        tick();
        QTRY_COMPARE(card("one").findChildren<CircuitRow *>().size(), CircuitList::kMostCircuits);
        QVERIFY(!shows(card("one"), QStringLiteral("model-21")));
    }

    void listedModelsKeepTheOrderOfTheirNames()
    {
        start("circuit_breaker: {scope: model}\n");
        for (int number = 10; number < 22; ++number)
            useModel("model-" + QByteArray::number(number));
        for (const char *opened : {"one/model-20", "one/model-21"}) {
            m_gateway->circuits().forceOpen(opened, Clock::now());
            tick(); // another one makes room for it
        }
        const auto rowOf = [this](const char *name) {
            return button(card("one"), QString::fromLatin1(name))->parentWidget();
        };
        QTRY_COMPARE(card("one").findChildren<CircuitRow *>().size(), CircuitList::kMostCircuits);
        QTRY_VERIFY(rowOf("Circuit of model-15")->y() < rowOf("Circuit of model-20")->y());
        QVERIFY(rowOf("Circuit of model-20")->y() < rowOf("Circuit of model-21")->y());
    }

    void queuesAreToldWhereThereAreSome()
    {
        start({}, "providers: {one: {type: simulator, concurrency: {limit: 2}}, two: {type: simulator}}\n");
        QVERIFY(shows(card("one"), QStringLiteral("0 of 2 calls, 0 waiting")));
        QVERIFY(shows(card("two"), QStringLiteral("0 requests")));
    }

    void everythingCanBeDoneByKeyboard()
    {
        start();
        m_page->setFocus();
        QCOMPARE(QApplication::focusWidget(), &card("one"));
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Right);
        QCOMPARE(QApplication::focusWidget(), &card("two"));
        QCOMPARE(m_page->chosen(), &card("two"));
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Right); // there is no other
        QSignalSpy wanted(m_page.get(), &ProvidersPage::requestsWanted);
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Return);
        QCOMPARE(wanted.value(0).value(0).toString(), QStringLiteral("provider:two"));
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Home);
        QCOMPARE(QApplication::focusWidget(), &card("one"));
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
        QCOMPARE(QApplication::focusWidget(), button(card("one"), QStringLiteral("Requests")));
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab); // nothing is to be reset
        QCOMPARE(QApplication::focusWidget(), button(card("one"), QStringLiteral("Force open")));
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
        QCOMPARE(QApplication::focusWidget(), &card("two"));
    }

    void circuitsAreDrivenByKeyboard()
    {
        start();
        m_page->setFocus();
        QVERIFY(test::tabTo(u"Force open"_s));
        QVERIFY(test::chooseFromMenu({u"for 5 minutes"_s}));
        QCOMPARE(state("one"), CircuitState::Open);
        QVERIFY(shows(card("one"), u"half-open in 5 m 00 s"_s));
        QVERIFY(test::tabTo(u"Probe with next requests"_s));
        test::press(Qt::Key_Space);
        QCOMPARE(state("one"), CircuitState::HalfOpen);
        QVERIFY(test::tabTo(u"Reset"_s));
        test::press(Qt::Key_Space);
        QCOMPARE(state("one"), CircuitState::Closed);
        QVERIFY(card("one").isAncestorOf(QApplication::focusWidget())); // there is nothing more to be reset
        QCOMPARE(state("two"), CircuitState::Closed);
        QCOMPARE(test::problemOfTabbing(), QString());
    }

    void circuitsOfModelsAreDrivenByKeyboard()
    {
        start("circuit_breaker: {scope: model}\n");
        useModel("large");
        useModel("small");
        tick();
        m_page->setFocus();
        QCOMPARE(test::problemOfTabbing(), QString());
        QVERIFY(test::tabTo(u"Circuit of small"_s));
        QVERIFY(test::chooseFromMenu({u"Force open"_s, u"for 2 hours"_s}));
        QCOMPARE(state("one", "small"), CircuitState::Open);
        QCOMPARE(state("one", "large"), CircuitState::Closed);
        QVERIFY(test::tabTo(u"Circuit of small"_s));
        QVERIFY(test::chooseFromMenu({u"Reset"_s}));
        QCOMPARE(state("one", "small"), CircuitState::Closed);
    }

    void actionsByNameAreForTheChosenCard()
    {
        start();
        QVERIFY(action(QStringLiteral("Show the requests of one"))->isEnabled());
        card("two").setFocus();
        QVERIFY(!action(QStringLiteral("Reset the circuit of two"))->isEnabled());
        action(QStringLiteral("Force the circuit of two open for 1 minute"))->trigger();
        QCOMPARE(state("two"), CircuitState::Open);
        QCOMPARE(state("one"), CircuitState::Closed);
        action(QStringLiteral("Probe two with the next requests"))->trigger();
        QCOMPARE(state("two"), CircuitState::HalfOpen);
        action(QStringLiteral("Reset the circuit of two"))->trigger();
        QCOMPARE(state("two"), CircuitState::Closed);
        QSignalSpy wanted(m_page.get(), &ProvidersPage::requestsWanted);
        action(QStringLiteral("Show the requests of two"))->trigger();
        QCOMPARE(wanted.size(), 1);
    }

    void theContextMenuActsOnItsCard()
    {
        start();
        QContextMenuEvent asked(QContextMenuEvent::Keyboard, QPoint(5, 5), card("two").mapToGlobal(QPoint(5, 5)));
        QCoreApplication::sendEvent(&card("two"), &asked);
        auto *menu = qobject_cast<CircuitMenu *>(QApplication::activePopupWidget());
        QVERIFY(menu);
        QCOMPARE(m_page->chosen(), &card("two"));
        trigger(*menu->findChild<OpenMenu *>(), QStringLiteral("for 30 minutes"));
        menu->close();
        QCOMPARE(state("two"), CircuitState::Open);
    }

    void cardsFollowTheConfiguration()
    {
        start();
        card("two").setFocus();
        m_config = "providers: {two: {type: simulator}, three: {type: simulator}}\n"
                   "routing: {routes: [{name: default, targets: [{provider: two, model: m}]}]}\n";
        QSignalSpy reloaded(m_gateway.get(), &Gateway::configReloaded);
        m_gateway->reload(ReloadTrigger::Request);
        QVERIFY(reloaded.wait());
        QCOMPARE(m_page->cards().size(), 2);
        QCOMPARE(m_page->cards()[0]->id(), "two");
        QCOMPARE(m_page->cards()[1]->id(), "three");
        QCOMPARE(m_page->chosen(), &card("two"));
        QCOMPARE(QApplication::focusWidget(), &card("two"));
        QTRY_VERIFY(shows(card("three"), QStringLiteral("No requests in the last 24 hours")));
        m_page->setGateway(nullptr);
        QVERIFY(m_page->cards().isEmpty());
        QVERIFY(!m_page->isLooking());
    }

    void columnsFollowTheWidth()
    {
        start();
        const auto *grid = m_page->findChild<CardGrid *>();
        QCOMPARE(grid->columns(), 2);
        m_page->resize(600, 700);
        QTRY_COMPARE(grid->columns(), 1);
        QTRY_VERIFY(card("two").y() > card("one").geometry().bottom());
        m_page->resize(1400, 700);
        QTRY_COMPARE(grid->columns(), 3);
    }

    void looksOnlyWhileItIsSeenAndPaintsOnlyChanges()
    {
        start();
        QTRY_VERIFY(shows(card("one"), QStringLiteral("No requests in the last 24 hours")));
        QVERIFY(m_page->isLooking());
        m_page->hide();
        QVERIFY(!m_page->isLooking());
        m_page->show();
        QVERIFY(m_page->isLooking());
        QVERIFY(QTest::qWaitForWindowActive(m_page.get()));
        QCoreApplication::processEvents();
        PaintCounter counter(card("one"));
        tick();
        tick();
        QCoreApplication::processEvents();
        QCOMPARE(counter.count, 0);
        m_gateway->circuits().forceOpen("one", Clock::now());
        tick();
        QTRY_VERIFY(counter.count > 0);
    }

    void aCardOpensItsRequestsInTheWindow()
    {
        test::TestDesktop test;
        test.desktop.start();
        test.desktop.window().goTo(&test.desktop.providers());
        QTest::keyClick(test.desktop.providers().cards().last(), Qt::Key_Return);
        QVERIFY(test.desktop.requests().isVisible());
        const auto *filter = test.desktop.requests().findChild<QLineEdit *>();
        QCOMPARE(filter->text(), QStringLiteral("provider:slow"));
    }

private:
    QByteArray m_config;
    std::unique_ptr<Actions> m_actions;
    std::unique_ptr<Gateway> m_gateway;
    std::unique_ptr<ProvidersPage> m_page;
};

QTEST_MAIN(ProvidersTest)
#include "tst_providers.moc"
