// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/task_runner.h"
#include "gateway/history/history.h"
#include "ui/overview/overview_range.h"

#include <memory>

namespace lunargate::ui {

/// Has the history add up what the overview shows, again and again while somebody looks: when something came, and the
/// last time is a while ago. Never waits. GUI thread.
class OverviewSource : public QObject
{
    Q_OBJECT

public:
    OverviewSource();

    /// Where to read from; null: nowhere. It outlives the reading.
    void setHistory(History *history);
    void setRange(const OverviewRange &range);
    void setGrouping(const OverviewGrouping &grouping);
    /// While nobody looks nothing is read.
    void setActive(bool active);

    const OverviewRange &range() const { return *m_range; }
    const OverviewGrouping &grouping() const { return *m_grouping; }
    /// The newest sums; null: there are none yet of this range and grouping.
    const std::shared_ptr<const HistoryTally> &tally() const { return m_tally; }

Q_SIGNALS:
    /// tally() did.
    void changed();

private:
    Task<> follow();
    /// What was read is of another question.
    void forget();
    void restart();

    History *m_history = nullptr;
    const OverviewRange *m_range;
    const OverviewGrouping *m_grouping;
    bool m_isActive = false;
    std::shared_ptr<const HistoryTally> m_tally;
    std::unique_ptr<TaskRunner> m_following = std::make_unique<TaskRunner>();
};

} // namespace lunargate::ui
