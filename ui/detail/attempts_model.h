// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/history/history_record.h"

#include <QAbstractTableModel>

namespace lunargate::ui {

/// The calls to providers that a request took, with where each lies in the request's time.
class AttemptsModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Target, Outcome, Waited, Connection, FirstByte, Duration, Timeline, ColumnCount };
    static constexpr int kSpanRole = Qt::UserRole + 1; ///< of Timeline: an AttemptSpan

    using QAbstractTableModel::QAbstractTableModel;

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    void setRecord(const HistoryRecord &record);

private:
    QString text(const HistoryAttempt &attempt, Column column) const;
    static QString phaseText(const HistoryAttempt &attempt);

    std::vector<HistoryAttempt> m_attempts;
    std::chrono::microseconds m_whole{1};
};

/// Where an attempt lies, in parts (0 to 1) of the whole request.
struct AttemptSpan
{
    double waitBegin = 0; ///< until `begin` it waited
    double begin = 0;
    double firstByte = 0; ///< `end` if nothing came
    double end = 0;
    bool hasFailed = false;
};

} // namespace lunargate::ui

Q_DECLARE_METATYPE(lunargate::ui::AttemptSpan)
