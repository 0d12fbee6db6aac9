// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/background_tasks.h"
#include "gateway/gateway.h"
#include "ui/replay/replay_run.h"

#include <QTimer>

#include <deque>
#include <memory>

namespace lunargate::ui {

/// Sends a request again, one run after the other, so that none makes another one slower; looks ten times a second at
/// what comes, while something does. The first of the runs is the request itself. GUI thread.
class ReplayQueue : public QObject
{
    Q_OBJECT

public:
    /// `gateway` is there until setGateway() tells otherwise.
    ReplayQueue(Gateway &gateway, const HistoryRecord &original);
    ~ReplayQueue() override;

    const std::deque<ReplayRun> &runs() const { return m_runs; }
    const ReplayRun &run(int number) const { return m_runs[static_cast<size_t>(number)]; }
    int count() const { return static_cast<int>(m_runs.size()); }
    /// Whether a run has not ended.
    bool isBusy() const;

    /// Sends to another one from now on, what is under way is cancelled; null: there is none, and nothing can be added.
    void setGateway(Gateway *gateway);

    /// Appends `times` runs; `target` says where to, for people.
    void add(const HttpRequest &request, const QString &target, int times);
    /// Ends the run that is under way, and those that wait.
    void cancel();

Q_SIGNALS:
    void runsAboutToBeAdded(int first, int last);
    void runsAdded();
    void runChanged(int number);

private:
    void startNext();
    void look();
    void end(const OwnProgress &progress);
    /// What the history tells of it, which counts better.
    Task<> settle(int number, QByteArray requestId);

    Gateway *m_gateway;
    std::deque<ReplayRun> m_runs;
    std::deque<HttpRequest> m_requests; // of the runs that wait
    int m_current = 0;                  // the run that m_call is for
    bool m_isCancelled = false;
    std::unique_ptr<OwnCall> m_call; // null: none is under way
    QTimer m_timer;
    BackgroundTasks m_settling;
};

} // namespace lunargate::ui
