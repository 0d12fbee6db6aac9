// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/overview/breakdown_model.h"

#include "ui/overview/figures.h"
#include "ui/text/number_text.h"
#include "ui/text/plain_tool_tip.h"

#include <algorithm>

namespace lunargate::ui {

namespace {

using namespace Qt::StringLiterals;

QString shownName(const QByteArray &name)
{
    return name.isEmpty() ? BreakdownModel::tr("none") : QString::fromUtf8(name);
}

QString textOf(const HistoryTotals &totals, int column)
{
    switch (column) {
    case BreakdownModel::Requests:
        return countText(totals.requests);
    case BreakdownModel::Errors:
        return totals.errors == 0 ? u"0"_s : u"%1 (%2)"_s.arg(countText(totals.errors), errorShareText(totals));
    case BreakdownModel::TokensIn:
        return countText(totals.tokensIn);
    case BreakdownModel::TokensCached:
        return countText(totals.tokensCached);
    case BreakdownModel::TokensOut:
        return countText(totals.tokensOut);
    case BreakdownModel::Cost:
        return costText(totals);
    case BreakdownModel::P50:
        return timeText(totals.timeToFirstByteP50);
    case BreakdownModel::P95:
        return timeText(totals.timeToFirstByteP95);
    case BreakdownModel::CacheHits:
        return countText(totals.cacheHits);
    default:
        return {};
    }
}

qlonglong microsecondsOf(std::optional<std::chrono::microseconds> time)
{
    return time ? time->count() : -1;
}

QVariant sortValue(const HistoryTotals &totals, int column)
{
    switch (column) {
    case BreakdownModel::Requests:
        return totals.requests;
    case BreakdownModel::Errors:
        return totals.errors;
    case BreakdownModel::TokensIn:
        return totals.tokensIn;
    case BreakdownModel::TokensCached:
        return totals.tokensCached;
    case BreakdownModel::TokensOut:
        return totals.tokensOut;
    case BreakdownModel::Cost:
        return totals.costUsd;
    case BreakdownModel::P50:
        return microsecondsOf(totals.timeToFirstByteP50);
    case BreakdownModel::P95:
        return microsecondsOf(totals.timeToFirstByteP95);
    case BreakdownModel::CacheHits:
        return totals.cacheHits;
    default:
        return {};
    }
}

} // namespace

void BreakdownModel::show(const HistoryTally &tally, const QString &nameTitle)
{
    std::vector<Row> rows(tally.groups().begin(), tally.groups().end());
    const bool hasSameNames = std::ranges::equal(rows, m_rows, {}, &Row::first, &Row::first);
    if (std::exchange(m_nameTitle, nameTitle) != nameTitle)
        Q_EMIT headerDataChanged(Qt::Horizontal, Name, Name);
    if (hasSameNames) {
        m_rows = std::move(rows);
        if (!m_rows.empty())
            Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
        return;
    }
    beginResetModel();
    m_rows = std::move(rows);
    endResetModel();
}

void BreakdownModel::clear()
{
    beginResetModel();
    m_rows.clear();
    endResetModel();
}

int BreakdownModel::rowOf(const QByteArray &name) const
{
    const auto found = std::ranges::find(m_rows, name, &Row::first);
    return found == m_rows.end() ? -1 : static_cast<int>(found - m_rows.begin());
}

int BreakdownModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int BreakdownModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant BreakdownModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const auto &[name, totals] = m_rows[static_cast<size_t>(index.row())];
    const bool isName = index.column() == Name;
    switch (role) {
    case Qt::DisplayRole:
        return isName ? shownName(name) : textOf(totals, index.column());
    case kSortRole:
        return isName ? QVariant(shownName(name).toLower()) : sortValue(totals, index.column());
    case Qt::ToolTipRole:
        return isName ? QVariant(plainToolTip(shownName(name))) : QVariant();
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::Alignment(Qt::AlignVCenter | (isName ? Qt::AlignLeft : Qt::AlignRight)));
    default:
        return {};
    }
}

QVariant BreakdownModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(
            Qt::Alignment(Qt::AlignVCenter | (section == Name ? Qt::AlignLeft : Qt::AlignRight)));
    if (role != Qt::DisplayRole)
        return {};
    const QString titles[] = {m_nameTitle, tr("Requests"), tr("Errors"),   tr("Tokens in"), tr("Cached"),
                              tr("Out"),   tr("Cost"),     tr("TTFT p50"), tr("p95"),       tr("Cache hits")};
    static_assert(std::size(titles) == ColumnCount);
    return titles[section];
}

} // namespace lunargate::ui
