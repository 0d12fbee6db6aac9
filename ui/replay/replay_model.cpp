// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/replay/replay_model.h"

#include "ui/text/number_text.h"
#include "ui/text/plain_tool_tip.h"
#include "ui/theme/icons.h"

namespace lunargate::ui {

namespace {

using State = ReplayRun::State;
using Column = ReplayModel::Column;

QIcon stateIcon(const ReplayRun &run)
{
    switch (run.state) {
    case State::Waiting:
        return icon(Glyph::Pause, Tone::Muted);
    case State::Sent:
    case State::Streaming:
        return icon(Glyph::Ring, Tone::Accent);
    case State::Cancelled:
        return icon(Glyph::Slash, Tone::Muted);
    case State::Ended:
        return run.error.isEmpty() && run.answer.error().isEmpty() ? icon(Glyph::Check, Tone::Ok)
                                                                   : icon(Glyph::Cross, Tone::Error);
    }
    Q_UNREACHABLE_RETURN({});
}

QString cellText(const ReplayRun &run, int row, int column)
{
    switch (static_cast<Column>(column)) {
    case Column::Number:
        return row == 0 ? ReplayModel::tr("Original") : QString::number(row);
    case Column::SentTo:
        return row == 0 ? QString() : run.target;
    case Column::ServedBy:
        return run.servedBy();
    case Column::Status:
        return statusText(run);
    case Column::FirstToken:
        return run.firstToken ? durationText(*run.firstToken) : QString();
    case Column::Total:
        return run.total.count() > 0 ? durationText(run.total) : QString();
    case Column::TokensIn:
        return run.usage ? countText(run.usage->promptTokens()) : QString();
    case Column::TokensOut:
        return run.usage ? countText(run.usage->completionTokens()) : QString();
    case Column::Cost:
        return run.costUsd ? costText(*run.costUsd) : QString();
    case Column::ColumnCount:
        break;
    }
    return {};
}

QVariant alignment(int column)
{
    return QVariant::fromValue(Qt::AlignVCenter | (column >= Column::FirstToken ? Qt::AlignRight : Qt::AlignLeft));
}

} // namespace

QString statusText(const ReplayRun &run)
{
    switch (run.state) {
    case State::Waiting:
        return ReplayModel::tr("queued");
    case State::Sent:
        return ReplayModel::tr("waits");
    case State::Streaming:
        return ReplayModel::tr("answers");
    case State::Cancelled:
        return ReplayModel::tr("cancelled");
    case State::Ended:
        break;
    }
    return run.error.isEmpty() ? QString::number(run.status) : QStringLiteral("%1 %2").arg(run.status).arg(run.error);
}

ReplayModel::ReplayModel(ReplayQueue &queue, QObject *parent) : QAbstractTableModel(parent), m_queue(queue)
{
    connect(&queue, &ReplayQueue::runsAboutToBeAdded, this,
            [this](int first, int last) { beginInsertRows({}, first, last); });
    connect(&queue, &ReplayQueue::runsAdded, this, [this] { endInsertRows(); });
    connect(&queue, &ReplayQueue::runChanged, this,
            [this](int row) { Q_EMIT dataChanged(index(row, 0), index(row, ColumnCount - 1)); });
}

int ReplayModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : m_queue.count();
}

int ReplayModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant ReplayModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const ReplayRun &run = m_queue.run(index.row());
    switch (role) {
    case Qt::DisplayRole:
        return cellText(run, index.row(), index.column());
    case Qt::ToolTipRole:
        return plainToolTip(cellText(run, index.row(), index.column()));
    case Qt::TextAlignmentRole:
        return alignment(index.column());
    case Qt::DecorationRole:
        return index.column() == Status ? QVariant(stateIcon(run)) : QVariant();
    default:
        return {};
    }
}

QVariant ReplayModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    if (role == Qt::TextAlignmentRole)
        return alignment(section);
    const QString names[] = {tr("Run"),   tr("Sent to"), tr("Served by"), tr("Status"), tr("TTFT"),
                             tr("Total"), tr("In"),      tr("Out"),       tr("Cost")};
    return role == Qt::DisplayRole ? names[section] : QVariant();
}

} // namespace lunargate::ui
