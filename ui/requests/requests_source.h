// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/task_runner.h"
#include "gateway/history/history.h"
#include "ui/requests/requests_model.h"

#include <limits>
#include <map>
#include <memory>

namespace lunargate::ui {

/// Fills the model from the gateway's history: pages of old requests as they are asked for, and new ones as they end,
/// ten times a second at the most; also those that the feed lost, or that only the history can tell whether they are
/// wanted. Never waits. GUI thread.
class RequestsSource : public QObject
{
    Q_OBJECT

public:
    /// `model` outlives it.
    explicit RequestsSource(RequestsModel &model);

    /// Where to read from; null: nowhere. It outlives the reading.
    void setHistory(History *history);
    void setFilter(HistoryFilter filter);

    /// While it is not live, new requests wait.
    void setLive(bool live);
    bool isLive() const { return m_isLive; }
    /// How many wait.
    qsizetype waiting() const { return static_cast<qsizetype>(m_waiting.size()); }
    /// Whether it looks for older ones now.
    bool isSearching() const { return m_paging->isRunning(); }

    /// Reads all anew.
    void reload();
    /// Reads the next page of older ones, if there are any and it does not do so already.
    void readOlder();

Q_SIGNALS:
    /// waiting() or isSearching() changed.
    void changed();

private:
    Task<> listen();
    Task<> readPage();
    void startPage();
    /// Looks for `missing` new ones, from the newest down to the position `until`.
    void catchUp(qint64 missing, qint64 until);
    Task<> readNewest();
    std::vector<RequestRow> rowsOf(const HistoryPage &page);
    /// How many of them were not there yet.
    qint64 deliver(std::vector<RequestRow> rows);
    qint64 count() const { return m_model.endedCount() + waiting(); }
    void take(const HistoryListener::Batch &batch);

    static constexpr int kPage = 200;
    static constexpr qint64 kNoPosition = std::numeric_limits<qint64>::max();

    RequestsModel &m_model;
    History *m_history = nullptr;
    HistoryFilter m_filter;
    bool m_isLive = true;
    std::map<qint64, RequestRow> m_waiting; // by position
    bool m_hasPage = false;                 // of the past
    std::optional<qint64> m_before;         // where older ones go on
    qint64 m_missing = 0;                   // at most so many are to be found
    qint64 m_until = kNoPosition;
    bool m_readsAgain = false; // more is missing since
    TextPool m_texts;
    std::unique_ptr<TaskRunner> m_listening = std::make_unique<TaskRunner>();
    std::unique_ptr<TaskRunner> m_paging = std::make_unique<TaskRunner>();
    std::unique_ptr<TaskRunner> m_catchingUp = std::make_unique<TaskRunner>();
};

} // namespace lunargate::ui
