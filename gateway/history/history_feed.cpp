// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/history/history_feed.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace lunargate {

namespace {

std::shared_ptr<const HistoryRecord> withoutBodies(const SharedHistoryRecord &record)
{
    if (!record->messages)
        return record;
    auto copy = std::make_shared<HistoryRecord>(*record);
    copy->messages = nullptr;
    return copy;
}

} // namespace

std::unique_ptr<HistoryListener> HistoryFeed::listen()
{
    const std::scoped_lock lock(m_mutex);
    if (m_isClosed || m_listeners.size() >= kMostListeners)
        return nullptr;
    auto listener = std::make_unique<HistoryListener>(*this);
    m_listeners.push_back(listener.get());
    return listener;
}

void HistoryFeed::tell(std::span<const SharedHistoryRecord> records)
{
    {
        const std::scoped_lock lock(m_mutex);
        if (m_listeners.empty())
            return;
    }
    std::vector<std::shared_ptr<const HistoryRecord>> told;
    told.reserve(records.size());
    std::ranges::transform(records, std::back_inserter(told), withoutBodies);
    const std::scoped_lock lock(m_mutex);
    for (HistoryListener *listener : m_listeners)
        listener->offer(told);
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

void HistoryListener::offer(std::span<const std::shared_ptr<const HistoryRecord>> records)
{
    const auto waiting = static_cast<qsizetype>(m_waiting.records.size());
    const qsizetype tooMany = std::max<qsizetype>(waiting - HistoryFeed::kMostWaiting, 0);
    m_waiting.records.erase(m_waiting.records.begin(), m_waiting.records.begin() + tooMany);
    m_waiting.lost += tooMany;
    m_waiting.records.insert(m_waiting.records.end(), records.begin(), records.end());
    if (waiting == 0 && !records.empty())
        wake();
}

void HistoryListener::wake()
{
    QMetaObject::invokeMethod(&m_here, [this] { m_news.notify(); }, Qt::QueuedConnection);
}

} // namespace lunargate
