// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/task_runner.h"
#include "gateway/history/history_filter.h"
#include "ui/requests/requests_model.h"

#include <map>
#include <memory>

namespace lunargate::ui {

/// Keeps the model's rows of requests under way up to date, five times a second, while somebody looks. GUI thread.
class RunningSource : public QObject
{
    Q_OBJECT

public:
    /// `model` outlives it.
    explicit RunningSource(RequestsModel &model) : m_model(model) {}

    /// Where to read from; null: nowhere. It outlives the reading.
    void setRunning(RunningRequests *running);
    void setFilter(HistoryFilter filter);
    /// Whether somebody looks; at first nobody does.
    void setWatched(bool isWatched);

private:
    struct Seen
    {
        RequestRow row;
        TimePoint at;
    };

    void restart();
    Task<> watch();
    void take(const std::vector<RunningRequest> &running);

    RequestsModel &m_model;
    RunningRequests *m_running = nullptr;
    HistoryFilter m_filter;
    bool m_isWatched = false;
    std::map<QByteArray, Seen> m_seen; // by id
    TextPool m_texts;
    std::unique_ptr<TaskRunner> m_watching = std::make_unique<TaskRunner>();
};

} // namespace lunargate::ui
