// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/overview/overview_page.h"

#include "ui/text/plain_tool_tip.h"

#include <QHBoxLayout>
#include <QScrollArea>

#include <algorithm>

namespace lunargate::ui {

namespace {

using namespace Qt::StringLiterals;

constexpr auto kLayoutName = "overview"_L1; // of what is remembered: the range and the grouping
constexpr int kSpacing = 10;

template <typename Choice>
QStringList textsOf(std::span<const Choice> choices, QString (*text)(const Choice &))
{
    QStringList texts;
    for (const Choice &choice : choices)
        texts.append(text(choice));
    return texts;
}

template <typename Choice>
int placeOf(std::span<const Choice> choices, const Choice &choice)
{
    return static_cast<int>(&choice - choices.data());
}

bool hasNothing(const HistoryStatus &status)
{
    return status.stored + status.inMemory + status.queued == 0;
}

} // namespace

OverviewPage::OverviewPage(Settings &settings, Actions &actions)
    : m_settings(settings),
      m_ranges(new ChoiceButtons(tr("Time"), textsOf(overviewRanges(), shortText))),
      m_inMemory(new QLabel),
      m_stack(new QStackedWidget),
      m_empty(new EmptyOverview)
{
    m_stack->addWidget(m_empty);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(kSpacing);
    column->addWidget(makeHead());
    column->addWidget(m_stack, 1);
    setFocusProxy(m_ranges);

    connect(m_ranges, &ChoiceButtons::chosen, this, &OverviewPage::setRange);
    connect(&m_source, &OverviewSource::changed, this, &OverviewPage::showTally);
    addActions(actions);

    const QByteArrayList remembered = settings.layoutOf(kLayoutName).split(' ');
    const auto placeIn = [&remembered](const auto &choices, auto member, qsizetype usual) {
        const auto found = std::ranges::find_if(
            choices, [&](const auto &choice) { return remembered.contains(QByteArrayView(choice.*member)); });
        return static_cast<int>(found == choices.end() ? usual : found - choices.begin());
    };
    setRange(placeIn(overviewRanges(), &OverviewRange::age, placeOf(overviewRanges(), m_source.range())));
    setGrouping(placeIn(overviewGroupings(), &OverviewGrouping::field, 0));
}

OverviewPage::~OverviewPage()
{
    m_settings.setLayoutOf(kLayoutName, QByteArray(m_source.range().age) + ' ' + m_source.grouping().field);
}

QWidget *OverviewPage::makeHead()
{
    auto *title = new QLabel(tr("Overview"));
    title->setObjectName("title");
    m_inMemory->setObjectName("badge");
    m_inMemory->setText(tr("Newest requests only"));
    m_inMemory->hide();
    auto *head = new QWidget;
    auto *row = new QHBoxLayout(head);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    row->addWidget(title);
    row->addStretch(1);
    row->addWidget(m_inMemory, 0, Qt::AlignVCenter);
    row->addWidget(m_ranges);
    return head;
}

void OverviewPage::makeContent()
{
    m_figures = new FigureRow;
    m_plots = new OverviewPlots;
    m_groupings = new ChoiceButtons(tr("Grouped by"), textsOf(overviewGroupings(), nameOf));
    m_groupings->setCurrent(placeOf(overviewGroupings(), m_source.grouping()));
    connect(m_groupings, &ChoiceButtons::chosen, this, &OverviewPage::setGrouping);
    m_table = new BreakdownTable;
    connect(m_table, &BreakdownTable::groupChosen, this, [this](const QByteArray &name) {
        Q_EMIT requestsWanted(filterOf(m_source.grouping(), name, m_source.range()));
    });
    auto *heading = new QLabel(tr("Breakdown"));
    heading->setObjectName("heading");
    auto *hint = new QLabel(tr("A row opens its requests"));
    hint->setObjectName("muted");
    auto *tableHead = new QHBoxLayout;
    tableHead->setSpacing(8);
    tableHead->addWidget(heading);
    tableHead->addWidget(hint);
    tableHead->addStretch(1);
    tableHead->addWidget(m_groupings);
    auto *inside = new QWidget;
    inside->setObjectName("page");
    auto *column = new QVBoxLayout(inside);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(kSpacing);
    column->addWidget(m_figures);
    column->addWidget(m_plots, 3);
    column->addLayout(tableHead);
    column->addWidget(m_table, 2);
    auto *area = new QScrollArea;
    area->setWidgetResizable(true);
    area->setFocusPolicy(Qt::NoFocus);
    area->setWidget(inside);
    m_content = area;
    m_stack->addWidget(m_content);
}

void OverviewPage::addActions(Actions &actions)
{
    QList<QAction *> own;
    for (int i = 0; const OverviewRange &range : overviewRanges()) {
        const QKeySequence shortcut(Qt::ALT | static_cast<Qt::Key>(Qt::Key_1 + i));
        own.append(actions.add(tr("Overview: the last %1").arg(lengthText(range)), Glyph::Chart, shortcut, [this, i] {
            setRange(i);
            Q_EMIT wanted();
        }));
        ++i;
    }
    const Qt::Key keys[] = {Qt::Key_P, Qt::Key_M, Qt::Key_C};
    for (int i = 0; const OverviewGrouping &grouping : overviewGroupings()) {
        const QKeySequence shortcut(Qt::ALT | keys[i]);
        own.append(
            actions.add(tr("Overview: by %1").arg(nameOf(grouping).toLower()), Glyph::Chart, shortcut, [this, i] {
                setGrouping(i);
                Q_EMIT wanted();
            }));
        ++i;
    }
    for (QAction *action : own)
        action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    QWidget::addActions(own);
}

void OverviewPage::setGateway(Gateway *gateway)
{
    if (m_gateway)
        m_gateway->disconnect(this);
    m_gateway = gateway;
    const auto read = [this] { m_source.setHistory(m_gateway ? &m_gateway->history() : nullptr); };
    if (gateway)
        connect(gateway, &Gateway::configReloaded, this, read); // the history may be on now, or off
    read();
}

void OverviewPage::setRange(int range)
{
    m_ranges->setCurrent(range);
    m_source.setRange(overviewRanges()[static_cast<size_t>(range)]);
}

void OverviewPage::setGrouping(int grouping)
{
    if (m_groupings)
        m_groupings->setCurrent(grouping);
    m_source.setGrouping(overviewGroupings()[static_cast<size_t>(grouping)]);
}

void OverviewPage::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    m_source.setActive(true);
    showTally();
}

void OverviewPage::hideEvent(QHideEvent *event)
{
    QWidget::hideEvent(event);
    m_source.setActive(false);
}

void OverviewPage::showTally()
{
    const std::shared_ptr<const HistoryTally> &tally = m_source.tally();
    const HistoryStatus status = m_gateway ? m_gateway->history().status() : HistoryStatus();
    m_inMemory->setToolTip(plainToolTip(
        status.problem.isEmpty() ? tr("The history is in memory (history.path)")
                                 : tr("The history cannot be stored: %1").arg(QString::fromUtf8(status.problem))));
    if (!m_gateway || !m_gateway->history().isWanted() || (tally && hasNothing(status))) {
        showFirstSteps();
        return;
    }
    if (!tally)
        return; // what is here stays until the new numbers come
    if (!m_content)
        makeContent();
    m_figures->show(figuresOf(*tally, m_source.range()));
    m_plots->show(*tally);
    m_table->show(*tally, nameOf(m_source.grouping()));
    m_inMemory->setVisible(status.state == HistoryStatus::State::Memory);
    m_stack->setCurrentWidget(m_content);
}

void OverviewPage::showFirstSteps()
{
    m_stack->setCurrentWidget(m_empty);
    m_inMemory->hide();
    if (!m_gateway) {
        m_empty->show(tr("The gateway is not running"), tr("Once it runs, what it does is added up here."));
    } else if (!m_gateway->history().isWanted()) {
        m_empty->show(tr("The history is switched off"),
                      tr("The overview adds up what the history keeps. In the configuration, set history.enabled: "
                         "true and history.capture: metadata (or bodies, which keeps what is said, too)."));
    } else {
        m_empty->show(tr("No requests yet"),
                      tr("Point a client at this base URL, as you would at OpenAI's. What it asks, what that costs "
                         "and how long it takes is added up here."),
                      QString::fromUtf8(m_gateway->address()) + u"/v1"_s);
    }
}

} // namespace lunargate::ui
