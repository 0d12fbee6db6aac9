// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/history/history_record.h"

#include <QAbstractTableModel>

namespace lunargate::ui {

/// The pieces of a stream as they came: when, how long after the one before, what.
class FramesModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { At, Gap, Size, Data, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    /// Of this message; nothing: it was not kept.
    void setMessage(HistoryMessage message);

private:
    QByteArray frame(int row) const;

    HistoryMessage m_message;
};

} // namespace lunargate::ui
