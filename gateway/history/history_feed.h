// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/event.h"
#include "gateway/history/history_record.h"

#include <QObject>

#include <memory>
#include <mutex>
#include <span>
#include <vector>

namespace lunargate {

class HistoryListener;

/// Tells whoever listens of each request that is over, within a fifth of a second, as the history keeps it but without
/// bodies. Any thread.
class HistoryFeed
{
public:
    static constexpr size_t kMostListeners = 16;
    /// Records that a listener may leave untaken; when more come, older ones than these are lost to it.
    static constexpr qsizetype kMostWaiting = 256;

    HistoryFeed() = default;
    HistoryFeed(const HistoryFeed &) = delete;
    HistoryFeed &operator=(const HistoryFeed &) = delete;

    /// Somebody who listens from now on, in the calling thread; null if there are too many, or after close(). It goes
    /// before the feed does.
    std::unique_ptr<HistoryListener> listen();
    void tell(std::span<const SharedHistoryRecord> records);
    /// Nothing more will come: the program ends.
    void close();

private:
    friend HistoryListener;

    std::mutex m_mutex; // protects the members below, and what waits for the listeners
    std::vector<HistoryListener *> m_listeners;
    bool m_isClosed = false;
};

/// One who listens. Belongs to the thread that asked for it, which has an event loop.
class HistoryListener
{
public:
    struct Batch
    {
        std::vector<std::shared_ptr<const HistoryRecord>> records; ///< oldest first
        qint64 lost = 0;                                           ///< came before them, while too many waited
        bool isLast = false;                                       ///< the feed was closed
    };

    explicit HistoryListener(HistoryFeed &feed) : m_feed(feed) {}
    ~HistoryListener();
    HistoryListener(const HistoryListener &) = delete;
    HistoryListener &operator=(const HistoryListener &) = delete;

    /// What came since the last time.
    Batch take();
    /// Resumes when something came that was not taken yet; false: the deadline came first.
    Event::Awaiter news(TimePoint deadline) { return m_news.wait(deadline); }

private:
    friend HistoryFeed;

    void offer(std::span<const std::shared_ptr<const HistoryRecord>> records);
    void wake();

    HistoryFeed &m_feed;
    Batch m_waiting;
    Event m_news;
    QObject m_here; // gets the event loop of the listener's thread to notify
};

} // namespace lunargate
