// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/replay/replay_queue.h"

#include <QAbstractTableModel>

namespace lunargate::ui {

/// The runs of a request as rows, in the order of their sending. GUI thread.
class ReplayModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Number, SentTo, ServedBy, Status, FirstToken, Total, TokensIn, TokensOut, Cost, ColumnCount };

    /// `queue` outlives it.
    explicit ReplayModel(ReplayQueue &queue, QObject *parent = nullptr);

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    const ReplayQueue &m_queue;
};

/// How it stands: `200`, `429 rate_limited`, `queued` …
QString statusText(const ReplayRun &run);

} // namespace lunargate::ui
