// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/detail/request_detail.h"
#include "ui/requests/filter_edit.h"
#include "ui/requests/requests_source.h"
#include "ui/requests/requests_table.h"
#include "ui/requests/running_source.h"
#include "ui/requests/saved_filters.h"
#include "ui/shell/actions.h"
#include "ui/shell/settings.h"

#include <QSplitter>

namespace lunargate::ui {

/// The requests as they end and those of the past, and one of them in detail. GUI thread.
class RequestsPage : public QWidget
{
    Q_OBJECT

public:
    /// Both outlive it.
    RequestsPage(Settings &settings, Actions &actions);
    ~RequestsPage() override;

    /// Where to read from; null: nowhere. It outlives the reading.
    void setHistory(History *history);
    /// Where those under way are looked up, while the page is seen and live; null: nowhere. It outlives the looking.
    void setRunning(RunningRequests *running) { m_running.setRunning(running); }
    void setAddress(const QString &address) { m_detail->setAddress(address); }

    /// Shows that request, also if no row is there for it.
    void open(const QByteArray &id);
    void setFilter(const QString &text) { m_filter->setText(text); }
    void setLive(bool live);

    const RequestsModel &model() const { return m_model; }

Q_SIGNALS:
    /// That request is to be sent again; it can be.
    void replayRequested(const lunargate::HistoryRecord &record);
    void explainRequested(const lunargate::HistoryRecord &record);

protected:
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;

private:
    QWidget *makeTools();
    void addActions(Actions &actions);
    void showDetail(const QByteArray &id);
    /// The keyboard goes into the current row's detail, if there is one.
    void enterDetail();
    void closeDetail();
    void hideDetail();
    void showSource();
    void showCapture();
    void fillPinned();
    void setPinned(const QByteArray &id, bool pinned);

    Settings &m_settings;
    History *m_history = nullptr;
    RequestsModel m_model;
    RequestsSource m_source;
    RunningSource m_running;
    QByteArray m_awaited; // was chosen while it was under way; empty: none
    FilterEdit *m_filter;
    SavedFilters *m_saved;
    RequestsTable *m_table;
    RequestDetail *m_detail;
    QSplitter *m_splitter;
    QLabel *m_empty;
    QLabel *m_capture;
    QToolButton *m_live;
    QMenu *m_pinned;
};

} // namespace lunargate::ui
