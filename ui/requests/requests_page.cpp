// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/requests/requests_page.h"

#include "ui/shell/first_focus.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QTimer>

namespace lunargate::ui {

namespace {

using namespace Qt::StringLiterals;

QToolButton *toolButton(Glyph glyph, const QString &text)
{
    auto *button = new QToolButton;
    button->setIcon(icon(glyph));
    button->setText(text);
    button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    return button;
}

QToolButton *menuButton(Glyph glyph, const QString &text, QMenu *menu)
{
    QToolButton *button = toolButton(glyph, text);
    button->setPopupMode(QToolButton::InstantPopup);
    button->setMenu(menu);
    return button;
}

} // namespace

RequestsPage::RequestsPage(Settings &settings, Actions &actions)
    : m_settings(settings),
      m_source(m_model),
      m_running(m_model),
      m_filter(new FilterEdit),
      m_saved(new SavedFilters(*m_filter, settings, this)),
      m_table(new RequestsTable(m_model)),
      m_detail(new RequestDetail),
      m_splitter(new QSplitter(Qt::Vertical)),
      m_empty(new QLabel(m_table->viewport())),
      m_capture(new QLabel),
      m_live(toolButton(Glyph::Pause, {})),
      m_pinned(new QMenu(this))
{
    m_splitter->setObjectName("requests_splitter");
    m_splitter->setChildrenCollapsible(false);
    m_splitter->setHandleWidth(8);
    m_splitter->addWidget(m_table);
    m_splitter->addWidget(m_detail);
    m_splitter->setStretchFactor(0, 1);
    m_splitter->setSizes({340, 320});
    m_detail->hide();
    m_empty->setObjectName("muted");
    m_empty->setTextFormat(Qt::PlainText);
    m_empty->setAlignment(Qt::AlignCenter);
    auto *over = new QVBoxLayout(m_table->viewport());
    over->addWidget(m_empty);
    m_empty->setAttribute(Qt::WA_TransparentForMouseEvents);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(10);
    layout->addWidget(makeTools());
    layout->addWidget(m_splitter, 1);
    setFirstFocus(*this, m_table);

    connect(m_filter, &FilterEdit::filterChanged, &m_source, &RequestsSource::setFilter);
    connect(m_filter, &FilterEdit::filterChanged, &m_running, &RunningSource::setFilter);
    connect(&m_model, &RequestsModel::runningAboutToGo, this, [this](const QByteArray &id) {
        if (id != m_table->currentId())
            return;
        m_table->setCurrentIndex({}); // or the view chooses the next one
        m_awaited = id;
    });
    connect(&m_model, &RequestsModel::olderWanted, this, [this] {
        if (m_table->isVisible()) // a table that nobody sees believes that all of it is seen
            m_source.readOlder();
    });
    connect(m_table, &RequestsTable::currentChosen, this, &RequestsPage::showDetail);
    connect(m_table, &QTableView::clicked, this, [this] { showDetail(m_table->currentId()); }); // it was closed
    connect(m_table, &QTableView::activated, this, &RequestsPage::enterDetail);
    connect(m_detail, &RequestDetail::closeRequested, this, &RequestsPage::closeDetail);
    connect(m_detail, &RequestDetail::pinToggled, this, &RequestsPage::setPinned);
    connect(m_detail, &RequestDetail::replayRequested, this, &RequestsPage::replayRequested);
    connect(m_detail, &RequestDetail::explainRequested, this, &RequestsPage::explainRequested);
    connect(&m_source, &RequestsSource::changed, this, &RequestsPage::showSource);
    connect(&m_model, &QAbstractItemModel::rowsInserted, this, &RequestsPage::showSource);
    connect(&m_model, &QAbstractItemModel::rowsInserted, this, [this] {
        if (!m_awaited.isEmpty() && m_model.rowOf(m_awaited) >= 0)
            m_table->select(m_awaited);
    });
    connect(&m_model, &QAbstractItemModel::rowsRemoved, this, &RequestsPage::showSource);
    connect(&m_model, &QAbstractItemModel::modelReset, this, &RequestsPage::showSource);
    connect(m_pinned, &QMenu::aboutToShow, this, &RequestsPage::fillPinned);

    const QByteArray layoutOfTable = settings.layoutOf(u"requests_table"_s);
    if (!layoutOfTable.isEmpty())
        m_table->setLayout(layoutOfTable);
    m_splitter->restoreState(settings.layoutOf(m_splitter->objectName()));
    QSet<QByteArray> pinned;
    for (const QString &id : settings.pinnedRequests())
        pinned.insert(id.toUtf8());
    m_model.setPinned(pinned);
    addActions(actions);
    showSource();
}

RequestsPage::~RequestsPage()
{
    m_settings.setLayoutOf(u"requests_table"_s, m_table->layout());
    m_settings.setLayoutOf(m_splitter->objectName(), m_splitter->saveState());
}

QWidget *RequestsPage::makeTools()
{
    auto *columns = new QMenu(this);
    connect(columns, &QMenu::aboutToShow, this, [this, columns] {
        columns->clear();
        m_table->fillColumnMenu(*columns);
    });
    m_capture->setObjectName("badge");
    auto *title = new QLabel(tr("Requests"));
    title->setObjectName("title");
    auto *head = new QHBoxLayout;
    head->setSpacing(8);
    head->addWidget(title);
    head->addStretch(1);
    head->addWidget(m_capture, 0, Qt::AlignVCenter);
    head->addWidget(m_live);
    head->addWidget(menuButton(Glyph::Star, tr("Pinned"), m_pinned));
    head->addWidget(menuButton(Glyph::Bookmark, tr("Filters"), m_saved));
    head->addWidget(menuButton(Glyph::Columns, tr("Columns"), columns));
    auto *tools = new QWidget;
    auto *column = new QVBoxLayout(tools);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(10);
    column->addLayout(head);
    column->addWidget(m_filter);
    connect(m_live, &QToolButton::clicked, this, [this] { setLive(!m_source.isLive()); });
    return tools;
}

void RequestsPage::addActions(Actions &actions)
{
    const QList<QAction *> own{
        actions.add(tr("Filter requests"), Glyph::Search, QKeySequence::Find, [this] { m_filter->setFocus(); }),
        actions.add(tr("Clear the filter"), Glyph::Close, {}, [this] { setFilter({}); }),
        actions.add(tr("Save the filter"), Glyph::Bookmark, QKeySequence::Save, [this] { m_saved->askForName(); }),
        actions.add(tr("Hold or follow new requests"), Glyph::Pause, Qt::CTRL | Qt::Key_P,
                    [this] { setLive(!m_source.isLive()); }),
        actions.add(tr("Reload requests"), Glyph::Refresh, QKeySequence::Refresh, [this] { m_source.reload(); }),
        actions.add(tr("Pin or unpin the request"), Glyph::Star, Qt::CTRL | Qt::Key_D,
                    [this] {
                        if (!m_detail->id().isEmpty())
                            setPinned(m_detail->id(), !m_model.isPinned(m_detail->id()));
                    }),
        actions.add(tr("Send the request again"), Glyph::Play, Qt::CTRL | Qt::SHIFT | Qt::Key_R,
                    [this] { m_detail->replay(); }),
        actions.add(tr("Explain the request"), Glyph::Fork, {}, [this] { m_detail->explain(); }),
        actions.add(tr("Copy the request as cURL"), Glyph::Copy, Qt::CTRL | Qt::SHIFT | Qt::Key_C,
                    [this] { m_detail->copyCurl(); }),
        actions.add(tr("Copy the request as Python"), Glyph::Copy, {}, [this] { m_detail->copyPython(); }),
        actions.add(tr("Copy the request as JSON"), Glyph::Copy, {}, [this] { m_detail->copyJson(); }),
        actions.add(tr("Export the request as HAR"), Glyph::Download, Qt::CTRL | Qt::Key_E,
                    [this] { m_detail->exportHar(); }),
        actions.add(tr("Close the request"), Glyph::Close, Qt::Key_Escape, [this] { closeDetail(); })};
    for (QAction *action : own)
        action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    QWidget::addActions(own);
}

void RequestsPage::setHistory(History *history)
{
    m_history = history;
    m_source.setHistory(history);
    m_detail->setHistory(history);
    for (const QString &id : m_settings.pinnedRequests()) {
        if (history)
            history->setPinned(id.toUtf8(), true);
    }
    showSource();
}

void RequestsPage::open(const QByteArray &id)
{
    m_table->select(id);
    showDetail(id);
}

void RequestsPage::showDetail(const QByteArray &id)
{
    if (id.isEmpty() || id == m_detail->id())
        return;
    m_awaited.clear();
    const int row = m_model.rowOf(id);
    if (row >= 0 && m_model.row(row).isUnderWay())
        return hideDetail(); // there is none before it ends
    m_detail->show(id);
    m_detail->setPinned(m_model.isPinned(id));
    if (!m_detail->isVisible()) {
        m_detail->setVisible(true);
        QTimer::singleShot(0, m_table, [this] { m_table->scrollTo(m_table->currentIndex()); });
    }
}

void RequestsPage::hideDetail()
{
    m_detail->hide();
    m_detail->show({});
}

void RequestsPage::enterDetail()
{
    showDetail(m_table->currentId());
    if (m_detail->isVisible())
        m_detail->setFocus();
}

// The row stays, so that the keyboard goes on from there. One without a detail is let go.
void RequestsPage::closeDetail()
{
    m_awaited.clear();
    if (m_detail->isHidden())
        m_table->setCurrentIndex({});
    hideDetail();
    m_table->setFocus();
}

void RequestsPage::setLive(bool live)
{
    m_source.setLive(live);
    m_running.setWatched(live && isVisible());
}

void RequestsPage::showSource()
{
    const bool isLive = m_source.isLive();
    m_live->setIcon(isLive ? icon(Glyph::Pause) : icon(Glyph::Play, Tone::Accent));
    m_live->setText(isLive                    ? tr("Live")
                    : m_source.waiting() == 0 ? tr("Held")
                                              : tr("Held · %1 new").arg(m_source.waiting()));
    m_live->setToolTip(isLive ? tr("New requests come on top; hold them") : tr("Show those that came, and follow"));
    m_live->setAccessibleName(m_live->text());
    showCapture();
    m_empty->setVisible(m_model.rowCount() == 0);
    if (!m_history)
        m_empty->setText(tr("Requests come here once the gateway runs."));
    else if (!m_history->isWanted())
        m_empty->setText(tr("The history is switched off (history in the configuration)"));
    else if (m_source.isSearching())
        m_empty->setText(tr("Searching …"));
    else if (m_filter->text().isEmpty())
        m_empty->setText(tr("No requests yet. Point a client at the base URL below."));
    else
        m_empty->setText(tr("No request matches the filter."));
}

void RequestsPage::showCapture()
{
    m_capture->setVisible(m_history && m_history->isWanted());
    if (!m_history)
        return;
    const bool hasBodies = m_history->wantsBodies();
    m_capture->setText(hasBodies ? tr("Bodies are kept") : tr("Bodies are not kept"));
    m_capture->setToolTip(hasBodies ? tr("What is said stays on this machine, without keys (history.capture: bodies)")
                                    : tr("history.capture: bodies keeps what is said, on this machine"));
}

void RequestsPage::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    m_running.setWatched(m_source.isLive());
}

void RequestsPage::hideEvent(QHideEvent *event)
{
    QWidget::hideEvent(event);
    m_running.setWatched(false);
}

void RequestsPage::fillPinned()
{
    m_pinned->clear();
    for (const QString &id : m_settings.pinnedRequests()) {
        const int row = m_model.rowOf(id.toUtf8());
        QString text = id;
        if (row >= 0)
            text = requestColumns()[0].text(m_model.row(row)) + u"  "_s + m_model.row(row).modelAsked;
        m_pinned->addAction(icon(Glyph::StarFilled, Tone::Accent), text.replace(u'&', u"&&"_s), this,
                            [this, id] { open(id.toUtf8()); });
    }
    if (m_pinned->isEmpty())
        m_pinned->addAction(tr("Nothing is pinned"))->setEnabled(false);
}

void RequestsPage::setPinned(const QByteArray &id, bool pinned)
{
    QStringList ids = m_settings.pinnedRequests();
    ids.removeAll(QString::fromUtf8(id));
    if (pinned)
        ids.prepend(QString::fromUtf8(id));
    m_settings.setPinnedRequests(ids);
    if (m_history)
        m_history->setPinned(id, pinned);
    QSet<QByteArray> set;
    for (const QString &one : std::as_const(ids))
        set.insert(one.toUtf8());
    m_model.setPinned(set);
    if (id == m_detail->id())
        m_detail->setPinned(pinned);
}

} // namespace lunargate::ui
