// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/detail/frames_model.h"

#include "ui/text/number_text.h"
#include "ui/text/plain_tool_tip.h"

namespace lunargate::ui {

namespace {

constexpr qsizetype kLongestLine = 400;

/// In one line.
QString lineOf(QByteArray frame)
{
    frame.truncate(kLongestLine);
    return QString::fromUtf8(frame)
        .trimmed()
        .replace(QStringLiteral("\n\n"), QStringLiteral("  "))
        .replace(u'\n', QStringLiteral("  "));
}

} // namespace

int FramesModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_message.frames.size());
}

int FramesModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant FramesModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::AlignVCenter | (index.column() == Data ? Qt::AlignLeft : Qt::AlignRight));
    if (role == Qt::ToolTipRole && index.column() == Data)
        return plainToolTip(QString::fromUtf8(frame(index.row())).left(4000));
    if (role != Qt::DisplayRole)
        return {};
    const HistoryFrame &at = m_message.frames[static_cast<size_t>(index.row())];
    switch (static_cast<Column>(index.column())) {
    case At:
        return durationText(at.at);
    case Gap:
        if (index.row() == 0)
            return QString();
        return u'+' + durationText(at.at - m_message.frames[static_cast<size_t>(index.row() - 1)].at);
    case Size:
        return sizeText(frame(index.row()).size());
    case Data:
        return lineOf(frame(index.row()));
    case ColumnCount:
        break;
    }
    return {};
}

QVariant FramesModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation == Qt::Horizontal && role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::AlignVCenter | (section == Data ? Qt::AlignLeft : Qt::AlignRight));
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    const QString names[] = {tr("At"), tr("Gap"), tr("Size"), tr("Data")};
    return section >= 0 && section < ColumnCount ? names[section] : QVariant();
}

void FramesModel::setMessage(HistoryMessage message)
{
    beginResetModel();
    m_message = std::move(message);
    endResetModel();
}

QByteArray FramesModel::frame(int row) const
{
    const auto at = static_cast<size_t>(row);
    const qint64 begin = at == 0 ? 0 : m_message.frames[at - 1].end;
    return m_message.body.mid(begin, m_message.frames[at].end - begin);
}

} // namespace lunargate::ui
