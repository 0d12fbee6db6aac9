// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/history/history_feed.h"

#include <utility>

namespace lunargate {

std::unique_ptr<HistoryListener> HistoryFeed::listen()
{
    const std::scoped_lock lock(m_mutex);
    if (m_isClosed || m_listeners.size() >= kMostListeners)
        return nullptr;
    auto listener = std::make_unique<HistoryListener>(*this);
    m_listeners.push_back(listener.get());
    return listener;
}

void HistoryFeed::tell(std::span<const HistoryRecord> records)
{
    const std::scoped_lock lock(m_mutex);
    if (m_listeners.empty())
        return;
    for (const HistoryRecord &record : records) {
        auto told = std::make_shared<HistoryRecord>(record);
        told->messages = nullptr;
        for (HistoryListener *listener : m_listeners)
            listener->offer(told);
    }
}

void HistoryFeed::close()
{
    const std::scoped_lock lock(m_mutex);
    m_isClosed = true;
    for (HistoryListener *listener : m_listeners) {
        listener->m_waiting.isLast = true;
        listener->wake();
    }
}

HistoryListener::~HistoryListener()
{
    const std::scoped_lock lock(m_feed.m_mutex);
    std::erase(m_feed.m_listeners, this);
}

HistoryListener::Batch HistoryListener::take()
{
    const std::scoped_lock lock(m_feed.m_mutex);
    return std::exchange(m_waiting, Batch{.records = {}, .isLast = m_waiting.isLast});
}

void HistoryListener::offer(const std::shared_ptr<const HistoryRecord> &record)
{
    if (m_waiting.records.size() >= HistoryFeed::kMostWaiting) {
        m_waiting.records.erase(m_waiting.records.begin());
        ++m_waiting.lost;
    }
    m_waiting.records.push_back(record);
    if (m_waiting.records.size() == 1)
        wake();
}

void HistoryListener::wake()
{
    QMetaObject::invokeMethod(&m_here, [this] { m_news.notify(); }, Qt::QueuedConnection);
}

} // namespace lunargate
