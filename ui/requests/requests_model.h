// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/requests/request_columns.h"

#include <QAbstractTableModel>

#include <deque>
#include <functional>
#include <vector>

namespace lunargate::ui {

/// The requests of the table: those under way, and then those that ended, newest first. Those that come go on top,
/// older ones are asked for as the view gets to the end. Keeps the newest 100,000. GUI thread.
class RequestsModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    static constexpr size_t kMostRows = 100'000;

    using QAbstractTableModel::QAbstractTableModel;

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    bool canFetchMore(const QModelIndex &parent) const override;
    void fetchMore(const QModelIndex &parent) override;

    const RequestRow &row(int row) const;
    /// The row of that request, or -1.
    int rowOf(const QByteArray &id) const;
    /// Whether there is a row of that position, of a request that has ended.
    bool contains(qint64 position) const;
    /// How many rows there are of requests that have ended.
    qint64 endedCount() const { return static_cast<qint64>(m_rows.size()); }

    /// Puts rows of requests that have ended, in any order, where they belong. Those that are there already are left
    /// out.
    void add(std::vector<RequestRow> rows);
    /// Takes away those that have ended.
    void clear();
    /// All that are under way now. Those that are known to have ended are left out.
    void setRunning(std::vector<RequestRow> rows);
    /// Whether fetchMore() finds something: the history has older ones.
    void setHasOlder(bool hasOlder) { m_hasOlder = hasOlder; }

    void setPinned(const QSet<QByteArray> &ids);
    bool isPinned(const QByteArray &id) const { return m_pinned.contains(id); }

Q_SIGNALS:
    /// The view has come to the end.
    void olderWanted();
    /// The row of a request that was under way is about to go; if it has ended, it comes again as another one.
    void runningAboutToGo(const QByteArray &id);

private:
    void insert(size_t at, std::vector<RequestRow>::iterator first, std::vector<RequestRow>::iterator last);
    void dropOldest();
    bool hasEnded(const RequestRow &running) const;
    void dropRunning(const std::function<bool(const RequestRow &)> &isGone);
    int runningCount() const { return static_cast<int>(m_running.size()); }

    std::vector<RequestRow> m_running; // positions fall; the first rows
    std::deque<RequestRow> m_rows;     // positions fall
    bool m_hasOlder = false;
    QSet<QByteArray> m_pinned;
};

} // namespace lunargate::ui
