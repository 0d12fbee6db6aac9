// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/task_runner.h"
#include "gateway/history/history.h"
#include "ui/providers/provider_traffic.h"

#include <map>
#include <memory>

namespace lunargate::ui {

/// Reads what the history tells of some providers: the calls of the last day, those that end from then on, and the sums
/// of the last hour. Does nothing by itself: whoever looks calls refresh(). Never waits. GUI thread.
class TrafficSource : public QObject
{
    Q_OBJECT

public:
    /// Begins to read. `history` outlives the following.
    void follow(History &history, const std::vector<QByteArray> &providers);
    /// Ends that; what was read stays, and is brought up to date when they are followed again.
    void stop();
    /// The same, and forgets all: it was of another history.
    void clear();

    /// Takes what came since, and adds up anew what has changed. Once a second is enough.
    void refresh();

    /// Of one that is followed.
    const ProviderTraffic &of(const QByteArray &provider) const { return m_traffic.at(provider); }
    /// Whether all of the past was read.
    bool hasRead() const { return m_hasRead && m_hasSums; }

Q_SIGNALS:
    void changed();

private:
    Task<> readPast();
    Task<> sumUp();
    void note(const HistoryRecord &record);

    History *m_history = nullptr; // null: it follows nothing
    std::map<QByteArray, ProviderTraffic> m_traffic;
    std::unique_ptr<HistoryListener> m_listener;
    bool m_hasRead = false;
    bool m_hasSums = false;
    bool m_hasNews = false; // since the sums
    TimePoint m_nextSums{}; // not before
    TimePoint m_oldSums{};  // then at the latest: some of it is older than an hour
    std::unique_ptr<TaskRunner> m_reading = std::make_unique<TaskRunner>();
    std::unique_ptr<TaskRunner> m_summing = std::make_unique<TaskRunner>();
};

} // namespace lunargate::ui
