// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/providers/providers_page.h"

#include "ui/shell/first_focus.h"
#include "ui/text/filter_text.h"

#include <QApplication>
#include <QVBoxLayout>

#include <algorithm>

namespace lunargate::ui {

namespace {

using namespace std::chrono_literals;
using Kind = CircuitOrder::Kind;

} // namespace

ProvidersPage::ProvidersPage(Actions &actions) : m_empty(new QLabel), m_area(new QScrollArea), m_grid(new CardGrid)
{
    auto *title = new QLabel(tr("Providers"));
    title->setObjectName("title");
    m_empty->setObjectName("muted");
    m_empty->setTextFormat(Qt::PlainText);
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setWordWrap(true);
    m_grid->setObjectName("page");
    m_area->setWidgetResizable(true);
    m_area->setFocusPolicy(Qt::NoFocus);
    m_area->setWidget(m_grid);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(12);
    layout->addWidget(title);
    layout->addWidget(m_empty, 1);
    layout->addWidget(m_area, 1);
    m_timer.setInterval(1s);
    connect(&m_timer, &QTimer::timeout, this, [this] {
        m_source.refresh();
        showFacts();
    });
    connect(&m_source, &TrafficSource::changed, this, &ProvidersPage::showFacts);
    connect(qApp, &QApplication::focusChanged, this, [this](QWidget *, QWidget *now) { chooseFocused(now); });
    addActions(actions);
    makeCards();
}

ProvidersPage::~ProvidersPage()
{
    qApp->disconnect(this); // while the widgets go, the keyboard goes from one to the next
    setGateway(nullptr);
}

void ProvidersPage::addActions(Actions &actions)
{
    const auto add = [&](const QString &text, Glyph glyph, bool PossibleOrders::*isPossible, auto run) {
        QAction *action = actions.add(text, glyph, {}, [this, run] {
            if (m_chosen)
                run(m_chosen->id());
        });
        m_named.push_back({.action = action, .text = text, .isPossible = isPossible});
    };
    const auto addOrder = [&](const QString &text, Glyph glyph, bool PossibleOrders::*isPossible,
                              const CircuitOrder &order) {
        add(text, glyph, isPossible, [this, order](const QByteArray &provider) {
            carryOut({.name = provider, .kind = order.kind, .duration = order.duration});
        });
    };
    add(tr("Show the requests of %1"), Glyph::List, nullptr,
        [this](const QByteArray &provider) { showRequests(provider); });
    addOrder(tr("Reset the circuit of %1"), Glyph::Refresh, &PossibleOrders::reset, {.kind = Kind::Reset});
    addOrder(tr("Probe %1 with the next requests"), Glyph::Play, &PossibleOrders::halfOpen, {.kind = Kind::HalfOpen});
    for (const OpenDuration &choice : OpenDuration::all())
        addOrder(tr("Force the circuit of %1 open %2").arg(QStringLiteral("%1"), choice.text), Glyph::Pause,
                 &PossibleOrders::open, {.kind = Kind::Open, .duration = choice.duration});
}

void ProvidersPage::setGateway(Gateway *gateway)
{
    stopLooking();
    m_source.clear();
    if (m_gateway)
        m_gateway->disconnect(this);
    m_gateway = gateway;
    if (gateway)
        connect(gateway, &Gateway::configReloaded, this, [this] {
            if (m_gateway->config() != m_config)
                makeCards();
        });
    makeCards();
}

QList<ProviderCard *> ProvidersPage::cards() const
{
    QList<ProviderCard *> cards;
    for (QWidget *card : m_grid->cards())
        cards.append(static_cast<ProviderCard *>(card));
    return cards;
}

void ProvidersPage::makeCards()
{
    const QByteArray chosen = m_chosen ? m_chosen->id() : QByteArray();
    const bool hadFocus = m_grid->isAncestorOf(QApplication::focusWidget());
    m_config = m_gateway ? m_gateway->config() : nullptr;
    QList<QWidget *> cards;
    ProviderCard *next = nullptr; // to be chosen
    for (const ProviderConfig &provider : m_config ? m_config->providers : std::vector<ProviderConfig>()) {
        auto *card = new ProviderCard(provider);
        connect(card, &ProviderCard::requestsWanted, this, &ProvidersPage::showRequests);
        connect(card, &ProviderCard::orderGiven, this, &ProvidersPage::carryOut);
        if (!next || card->id() == chosen)
            next = card;
        cards.append(card);
    }
    m_grid->setCards(cards);
    m_empty->setText(m_gateway ? tr("The configuration has no providers.")
                               : tr("Providers come here once the gateway runs."));
    m_empty->setVisible(cards.isEmpty());
    m_area->setVisible(!cards.isEmpty());
    choose(next);
    if (hadFocus && next)
        next->setFocus();
    if (isVisible())
        startLooking();
}

void ProvidersPage::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    startLooking();
}

void ProvidersPage::hideEvent(QHideEvent *event)
{
    QWidget::hideEvent(event);
    stopLooking();
}

void ProvidersPage::startLooking()
{
    if (!m_gateway)
        return;
    std::vector<QByteArray> providers;
    for (const ProviderConfig &provider : m_config->providers)
        providers.push_back(provider.id);
    m_source.follow(m_gateway->history(), providers);
    m_timer.start();
    showFacts();
}

void ProvidersPage::stopLooking()
{
    m_timer.stop();
    m_source.stop();
}

void ProvidersPage::showFacts()
{
    if (!isLooking())
        return;
    const CircuitBreakers &breakers = m_gateway->circuits();
    const std::vector<CircuitView> circuits = breakers.views(Clock::now());
    const std::vector<ConcurrencySlots::View> queues = m_gateway->callSlots().views();
    for (ProviderCard *card : cards()) {
        ProviderFacts facts{.hasBreaker = breakers.isEnabled(),
                            .isByModel = m_config->circuitBreaker.scope == BreakerScope::Model,
                            .hasHistory = m_gateway->history().isWanted(),
                            .isRead = m_source.hasRead(),
                            .traffic = m_source.of(card->id())};
        if (facts.hasBreaker)
            std::ranges::copy_if(circuits, std::back_inserter(facts.circuits),
                                 [&](const CircuitView &circuit) { return circuit.provider == card->id(); });
        const auto queue = std::ranges::find(queues, card->id(), &ConcurrencySlots::View::provider);
        if (queue != queues.end())
            facts.queue = *queue;
        card->showFacts(facts);
    }
    showActions();
}

void ProvidersPage::choose(ProviderCard *card)
{
    if (m_chosen && m_chosen != card)
        m_chosen->setChosen(false);
    m_chosen = card;
    if (card)
        card->setChosen(true);
    setFirstFocus(*this, card);
    showActions();
}

void ProvidersPage::showActions()
{
    const QString name = m_chosen ? QString::fromUtf8(m_chosen->id()) : tr("a provider");
    for (const NamedAction &named : m_named) {
        named.action->setEnabled(m_chosen && (!named.isPossible || m_chosen->possible().*named.isPossible));
        named.action->setText(named.text.arg(name));
    }
}

void ProvidersPage::chooseFocused(QWidget *focused)
{
    for (ProviderCard *card : cards()) {
        if (card != focused && !card->isAncestorOf(focused))
            continue;
        choose(card);
        m_area->ensureWidgetVisible(card, 0, 0);
        m_area->ensureWidgetVisible(focused, 0, 0);
    }
}

void ProvidersPage::carryOut(const CircuitOrder &order)
{
    if (m_gateway)
        order.carryOut(m_gateway->circuits());
    showFacts();
}

void ProvidersPage::showRequests(const QByteArray &provider)
{
    Q_EMIT requestsWanted(equalsFilter(QStringLiteral("provider"), QString::fromUtf8(provider)));
}

} // namespace lunargate::ui
