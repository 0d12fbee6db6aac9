// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/providers/provider_card.h"

#include "ui/providers/circuit_text.h"
#include "ui/text/number_text.h"

#include <QContextMenuEvent>
#include <QStyle>
#include <QUrl>
#include <QVBoxLayout>

#include <algorithm>

namespace lunargate::ui {

namespace {

using namespace Qt::StringLiterals;

QToolButton *toolButton(Glyph glyph, const QString &text, const QString &explanation)
{
    auto *button = new QToolButton;
    button->setIcon(icon(glyph));
    button->setText(text);
    button->setToolTip(explanation);
    button->setAccessibleDescription(explanation);
    button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    button->setFocusPolicy(Qt::StrongFocus);
    return button;
}

/// What it is, and where.
QString serviceText(const ProviderConfig &provider)
{
    const QString type = QString::fromUtf8(provider.type);
    const QUrl url(QString::fromUtf8(provider.baseUrl)); // its host alone: the rest can hold what is secret
    if (url.host().isEmpty())
        return type;
    return url.port() < 0 ? u"%1 · %2"_s.arg(type, url.host())
                          : u"%1 · %2:%3"_s.arg(type, url.host(), QString::number(url.port()));
}

QString requestsText(qint64 count)
{
    return count == 1 ? ProviderCard::tr("1 request") : ProviderCard::tr("%1 requests").arg(countText(count));
}

} // namespace

ProviderCard::ProviderCard(const ProviderConfig &provider)
    : m_id(provider.id),
      m_sign(new GlyphLabel(18)),
      m_state(new QLabel),
      m_detail(new ElidedLabel("muted")),
      m_requests(toolButton(Glyph::List, tr("Requests"), tr("Show the requests that it served"))),
      m_models(new CircuitList),
      m_figures(new QGridLayout),
      m_noRequests(new QLabel),
      m_latency(new QWidget),
      m_sparkline(new Sparkline),
      m_median(new QLabel),
      m_hour(new ElidedLabel),
      m_tokens(new ElidedLabel),
      m_running(new ElidedLabel),
      m_failure(new ElidedLabel),
      m_buttons(new QWidget),
      m_reset(toolButton(Glyph::Refresh, tr("Reset"), tr("Close the circuit, and forget failures and pauses"))),
      m_open(toolButton(Glyph::Pause, tr("Force open"), tr("Send it no calls for a while"))),
      m_halfOpen(toolButton(Glyph::Play, tr("Probe with next requests"),
                            tr("Half-open now: the next requests are let through, and decide by how they end"))),
      m_menu(new CircuitMenu(provider.id, this))
{
    setObjectName("card");
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(QString::fromUtf8(provider.id));
    auto *latency = new QHBoxLayout(m_latency);
    latency->setContentsMargins(0, 0, 0, 0);
    latency->setSpacing(8);
    latency->addWidget(m_sparkline, 1);
    latency->addWidget(m_median);
    m_median->setToolTip(tr("Half of the calls took no longer than this"));
    m_figures->setHorizontalSpacing(16);
    m_figures->setVerticalSpacing(6);
    m_figures->setColumnStretch(1, 1);
    addFigure(tr("First byte"), m_latency);
    addFigure(tr("Last hour"), m_hour);
    addFigure(tr("Tokens"), m_tokens);
    addFigure(tr("Running"), m_running);
    addFigure(tr("Last error"), m_failure);
    m_noRequests->setObjectName("muted");
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 12, 16, 14);
    layout->setSpacing(10);
    layout->addLayout(makeHead(provider));
    layout->addLayout(makeState());
    layout->addWidget(m_models);
    layout->addWidget(m_noRequests);
    layout->addLayout(m_figures);
    layout->addStretch(1);
    layout->addWidget(m_buttons);
    fillButtons();
    m_menu->addSeparator();
    m_menu->addAction(icon(Glyph::List), tr("Show its requests"), this, [this] { Q_EMIT requestsWanted(m_id); });
    connect(m_menu, &CircuitMenu::orderGiven, this, &ProviderCard::orderGiven);
    connect(m_models, &CircuitList::orderGiven, this, &ProviderCard::orderGiven);
}

QLayout *ProviderCard::makeHead(const ProviderConfig &provider)
{
    auto *name = new ElidedLabel("heading");
    name->setText(QString::fromUtf8(provider.id));
    auto *service = new ElidedLabel("muted");
    service->setText(serviceText(provider));
    auto *texts = new QVBoxLayout;
    texts->setSpacing(1);
    texts->addWidget(name);
    texts->addWidget(service);
    m_requests->setProperty("flat", true);
    connect(m_requests, &QToolButton::clicked, this, [this] { Q_EMIT requestsWanted(m_id); });
    auto *head = new QHBoxLayout;
    head->setSpacing(8);
    head->addLayout(texts, 1);
    head->addWidget(m_requests, 0, Qt::AlignTop);
    return head;
}

QLayout *ProviderCard::makeState()
{
    m_state->setTextFormat(Qt::PlainText);
    auto *texts = new QVBoxLayout;
    texts->setSpacing(1);
    texts->addWidget(m_state);
    texts->addWidget(m_detail);
    auto *row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(m_sign, 0, Qt::AlignTop);
    row->addLayout(texts, 1);
    return row;
}

void ProviderCard::fillButtons()
{
    auto *durations = new OpenMenu(m_id, m_open);
    m_open->setMenu(durations);
    m_open->setPopupMode(QToolButton::InstantPopup);
    connect(durations, &OpenMenu::orderGiven, this, &ProviderCard::orderGiven);
    connect(m_reset, &QToolButton::clicked, this,
            [this] { Q_EMIT orderGiven({.name = m_id, .kind = CircuitOrder::Kind::Reset}); });
    connect(m_halfOpen, &QToolButton::clicked, this,
            [this] { Q_EMIT orderGiven({.name = m_id, .kind = CircuitOrder::Kind::HalfOpen}); });
    auto *row = new QHBoxLayout(m_buttons);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    for (QToolButton *button : {m_reset, m_open, m_halfOpen})
        row->addWidget(button);
    row->addStretch(1);
}

void ProviderCard::addFigure(const QString &name, QWidget *value)
{
    const int row = m_figures->rowCount();
    auto *caption = new QLabel(name);
    caption->setObjectName("muted");
    m_figures->addWidget(caption, row, 0);
    // Also if it is not there, so that all cards are alike.
    m_figures->setColumnMinimumWidth(0, std::max(m_figures->columnMinimumWidth(0), caption->sizeHint().width()));
    m_figures->addWidget(value, row, 1);
}

void ProviderCard::setFigure(QWidget *value, bool isThere)
{
    int row = 0;
    int column = 0;
    int span = 0;
    m_figures->getItemPosition(m_figures->indexOf(value), &row, &column, &span, &span);
    m_figures->itemAtPosition(row, 0)->widget()->setVisible(isThere);
    value->setVisible(isThere);
}

void ProviderCard::showFacts(const ProviderFacts &facts)
{
    showCircuits(facts);
    showTraffic(facts);
    showRunning(facts);
    const std::optional<ProviderFailure> failure = facts.lastFailure();
    setFigure(m_failure, failure.has_value());
    if (failure) {
        QString text = momentText(failure->at) + u" · "_s + QString::fromUtf8(failure->reason);
        if (failure->status != 0)
            text += u" (%1)"_s.arg(failure->status);
        m_failure->setText(text);
    }
    setAccessibleDescription(m_state->text() + u". "_s + m_detail->text());
}

void ProviderCard::showCircuits(const ProviderFacts &facts)
{
    const CircuitText text = !facts.hasBreaker        ? CircuitText::ofNone()
                             : facts.isByModel        ? CircuitText::ofModels(facts.circuits)
                             : facts.circuits.empty() ? CircuitText::ofNone()
                                                      : CircuitText::of(facts.circuits.front());
    m_sign->setGlyph(text.glyph, text.tone);
    m_state->setText(text.state);
    m_detail->setText(text.detail);
    m_detail->setVisible(!text.detail.isEmpty());
    m_models->showCircuits(facts.isByModel ? facts.circuits : std::vector<CircuitView>(), m_requests);
    m_possible = PossibleOrders::of(facts.circuits);
    m_buttons->setVisible(facts.hasBreaker);
    m_reset->setEnabled(m_possible.reset);
    m_open->setEnabled(m_possible.open);
    m_halfOpen->setEnabled(m_possible.halfOpen);
    m_menu->setPossible(m_possible);
}

void ProviderCard::showTraffic(const ProviderFacts &facts)
{
    const ProviderTraffic &traffic = facts.traffic;
    const ProviderTraffic::Hour &hour = traffic.hour();
    std::vector<ProviderTraffic::Call> calls = traffic.calls();
    const bool hasCalls = !calls.empty() || hour.requests > 0;
    m_noRequests->setVisible(!hasCalls);
    m_noRequests->setText(!facts.hasHistory ? tr("The history is switched off, so nothing is known of its requests")
                          : facts.isRead    ? tr("No requests in the last 24 hours")
                                            : tr("Reading its requests …"));
    setFigure(m_latency, hasCalls);
    setFigure(m_hour, hasCalls);
    setFigure(m_tokens, hasCalls);
    const auto median = traffic.medianTimeToFirstByte();
    m_median->setText(median ? tr("median %1").arg(durationText(*median)) : QString());
    m_sparkline->setCalls(std::move(calls));
    m_hour->setText(hour.errors == 0 ? requestsText(hour.requests)
                                     : tr("%1, %2 failed").arg(requestsText(hour.requests), countText(hour.errors)));
    m_tokens->setText(tr("%1 in, %2 out").arg(countText(hour.tokensIn), countText(hour.tokensOut)));
}

void ProviderCard::showRunning(const ProviderFacts &facts)
{
    setFigure(m_running, facts.queue || !facts.circuits.empty());
    if (facts.queue) {
        m_running->setText(tr("%1 of %2 calls, %3 waiting")
                               .arg(facts.queue->running)
                               .arg(facts.queue->limit)
                               .arg(facts.queue->waiting));
        return;
    }
    int running = 0;
    for (const CircuitView &circuit : facts.circuits)
        running += circuit.runningRequests;
    m_running->setText(requestsText(running));
}

void ProviderCard::setChosen(bool chosen)
{
    if (property("chosen").toBool() == chosen)
        return;
    setProperty("chosen", chosen);
    style()->polish(this); // the property chooses its look
}

void ProviderCard::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)
        Q_EMIT requestsWanted(m_id);
    else
        QFrame::keyPressEvent(event);
}

void ProviderCard::mouseDoubleClickEvent(QMouseEvent *)
{
    Q_EMIT requestsWanted(m_id);
}

void ProviderCard::contextMenuEvent(QContextMenuEvent *event)
{
    setFocus();
    m_menu->popup(event->globalPos());
}

} // namespace lunargate::ui
