// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/requests/requests_model.h"

#include "ui/text/plain_tool_tip.h"
#include "ui/theme/icons.h"

#include <QCoreApplication>
#include <QGuiApplication>

#include <algorithm>
#include <functional>
#include <tuple>

namespace lunargate::ui {

namespace {

QString translated(const char *text)
{
    return QCoreApplication::translate("RequestColumn", text);
}

/// Failures are told by shape and colour.
QVariant statusIcon(const RequestRow &row)
{
    static const QIcon failed = icon(Glyph::Cross, Tone::Error);
    static const QIcon refused = icon(Glyph::Caution, Tone::Warning);
    static const QIcon cancelled = icon(Glyph::Slash, Tone::Muted);
    static const QIcon fine = icon(Glyph::Check, Tone::Ok);
    static const QIcon running = icon(Glyph::Ring, Tone::Accent);
    if (row.isUnderWay())
        return running;
    if (row.error.isEmpty())
        return fine;
    if (row.status == 499)
        return cancelled;
    return row.status >= 500 || row.status < 400 ? failed : refused; // below 400: a stream that broke
}

} // namespace

int RequestsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : runningCount() + static_cast<int>(m_rows.size());
}

int RequestsModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(requestColumns().size());
}

QVariant RequestsModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const RequestRow &row = this->row(index.row());
    const RequestColumn &column = requestColumns()[static_cast<size_t>(index.column())];
    switch (role) {
    case Qt::DisplayRole:
        return column.text(row);
    case Qt::ToolTipRole:
        return plainToolTip(column.text(row));
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::AlignVCenter | (column.isNumber ? Qt::AlignRight : Qt::AlignLeft));
    case Qt::DecorationRole:
        if (index.column() == kStatusColumn)
            return statusIcon(row);
        if (index.column() == 0 && m_pinned.contains(row.id))
            return icon(Glyph::StarFilled, Tone::Accent);
        return {};
    default:
        return {};
    }
}

QVariant RequestsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount())
        return {};
    const RequestColumn &column = requestColumns()[static_cast<size_t>(section)];
    if (role == Qt::DisplayRole)
        return translated(column.title);
    if (role == Qt::ToolTipRole)
        return translated(column.explanation);
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::AlignVCenter | (column.isNumber ? Qt::AlignRight : Qt::AlignLeft));
    return {};
}

bool RequestsModel::canFetchMore(const QModelIndex &parent) const
{
    return !parent.isValid() && m_hasOlder && m_rows.size() < kMostRows;
}

void RequestsModel::fetchMore(const QModelIndex &parent)
{
    if (canFetchMore(parent))
        Q_EMIT olderWanted();
}

const RequestRow &RequestsModel::row(int row) const
{
    return row < runningCount() ? m_running[static_cast<size_t>(row)]
                                : m_rows[static_cast<size_t>(row - runningCount())];
}

int RequestsModel::rowOf(const QByteArray &id) const
{
    const auto running = std::ranges::find(m_running, id, &RequestRow::id);
    if (running != m_running.end())
        return static_cast<int>(running - m_running.begin());
    const auto found = std::ranges::find(m_rows, id, &RequestRow::id);
    return found == m_rows.end() ? -1 : runningCount() + static_cast<int>(found - m_rows.begin());
}

bool RequestsModel::contains(qint64 position) const
{
    return std::ranges::binary_search(m_rows, position, std::ranges::greater(), &RequestRow::position);
}

void RequestsModel::add(std::vector<RequestRow> rows)
{
    if (!m_running.empty()) {
        QSet<QByteArray> ended;
        for (const RequestRow &row : rows)
            ended.insert(row.id);
        dropRunning([&ended](const RequestRow &row) { return ended.contains(row.id); });
    }
    std::ranges::sort(rows, std::ranges::greater(), &RequestRow::position);
    for (auto first = rows.begin(); first != rows.end();) {
        const auto place =
            std::ranges::lower_bound(m_rows, first->position, std::ranges::greater(), &RequestRow::position);
        if (place != m_rows.end() && place->position == first->position) {
            ++first;
            continue;
        }
        // As many as go there together.
        auto last = std::next(first);
        while (last != rows.end() && (place == m_rows.end() || last->position > place->position) &&
               last->position != std::prev(last)->position)
            ++last;
        insert(static_cast<size_t>(place - m_rows.begin()), first, last);
        first = last;
    }
    dropOldest();
}

void RequestsModel::insert(size_t at, std::vector<RequestRow>::iterator first, std::vector<RequestRow>::iterator last)
{
    const int row = runningCount() + static_cast<int>(at);
    beginInsertRows({}, row, row + static_cast<int>(last - first) - 1);
    m_rows.insert(m_rows.begin() + static_cast<std::ptrdiff_t>(at), std::make_move_iterator(first),
                  std::make_move_iterator(last));
    endInsertRows();
}

void RequestsModel::dropOldest()
{
    if (m_rows.size() <= kMostRows)
        return;
    beginRemoveRows({}, runningCount() + static_cast<int>(kMostRows), rowCount() - 1);
    m_rows.erase(m_rows.begin() + kMostRows, m_rows.end());
    endRemoveRows();
}

void RequestsModel::clear()
{
    beginResetModel();
    m_rows.clear();
    m_hasOlder = false;
    endResetModel();
}

// Its position is the first of its microsecond, and that of the record that it becomes one of these.
bool RequestsModel::hasEnded(const RequestRow &running) const
{
    auto row = std::ranges::lower_bound(m_rows, running.position + kPositionsInMicrosecond - 1, std::ranges::greater(),
                                        &RequestRow::position);
    for (; row != m_rows.end() && row->position >= running.position; ++row) {
        if (row->id == running.id)
            return true;
    }
    return false;
}

void RequestsModel::dropRunning(const std::function<bool(const RequestRow &)> &isGone)
{
    for (int row = runningCount() - 1; row >= 0; --row) {
        if (!isGone(m_running[static_cast<size_t>(row)]))
            continue;
        Q_EMIT runningAboutToGo(m_running[static_cast<size_t>(row)].id);
        beginRemoveRows({}, row, row);
        m_running.erase(m_running.begin() + row);
        endRemoveRows();
    }
}

void RequestsModel::setRunning(std::vector<RequestRow> rows)
{
    std::erase_if(rows, [this](const RequestRow &row) { return hasEnded(row); });
    std::ranges::sort(rows, [](const RequestRow &one, const RequestRow &other) {
        return std::tie(one.position, one.id) > std::tie(other.position, other.id);
    });
    dropRunning([&rows](const RequestRow &row) { return !std::ranges::contains(rows, row.id, &RequestRow::id); });
    for (size_t i = 0; i < rows.size(); ++i) {
        if (i < m_running.size() && m_running[i].id == rows[i].id) {
            m_running[i] = std::move(rows[i]);
            continue;
        }
        beginInsertRows({}, static_cast<int>(i), static_cast<int>(i));
        m_running.insert(m_running.begin() + static_cast<std::ptrdiff_t>(i), std::move(rows[i]));
        endInsertRows();
    }
    if (!m_running.empty())
        Q_EMIT dataChanged(index(0, 0), index(runningCount() - 1, columnCount() - 1), {Qt::DisplayRole});
}

void RequestsModel::setPinned(const QSet<QByteArray> &ids)
{
    m_pinned = ids;
    if (rowCount() > 0)
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, 0), {Qt::DecorationRole});
}

} // namespace lunargate::ui
