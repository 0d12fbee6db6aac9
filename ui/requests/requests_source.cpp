// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/requests/requests_source.h"

#include <algorithm>
#include <ranges>

namespace lunargate::ui {

namespace {

using namespace std::chrono_literals;

/// Whether only the history can tell what meets it: the feed tells records without their bodies.
bool looksIntoBodies(const HistoryFilter &filter)
{
    return std::ranges::any_of(
        filter.terms, [](const HistoryTerm &term) { return term.field->kind == HistoryField::Kind::FreeText; });
}

} // namespace

RequestsSource::RequestsSource(RequestsModel &model) : m_model(model) {}

void RequestsSource::setHistory(History *history)
{
    // What reads must end before the history does. Nobody calls this from inside of these tasks.
    m_listening = std::make_unique<TaskRunner>();
    m_paging = std::make_unique<TaskRunner>();
    m_catchingUp = std::make_unique<TaskRunner>();
    m_history = history;
    if (history)
        m_listening->start(listen(), {});
    reload();
}

void RequestsSource::setFilter(HistoryFilter filter)
{
    m_filter = std::move(filter);
    reload();
}

void RequestsSource::setLive(bool live)
{
    m_isLive = live;
    if (live) {
        std::vector<RequestRow> rows;
        for (RequestRow &row : m_waiting | std::views::values)
            rows.push_back(std::move(row));
        m_waiting.clear();
        m_model.add(std::move(rows));
    }
    Q_EMIT changed();
}

void RequestsSource::reload()
{
    m_paging = std::make_unique<TaskRunner>();
    m_catchingUp = std::make_unique<TaskRunner>();
    m_waiting.clear();
    m_hasPage = false;
    m_before.reset();
    m_missing = 0;
    m_until = kNoPosition;
    m_model.clear();
    if (m_history)
        startPage();
    Q_EMIT changed();
}

void RequestsSource::readOlder()
{
    if (m_history && !isSearching() && m_before)
        startPage();
}

void RequestsSource::startPage()
{
    m_paging->start(readPage(), [this](const std::exception_ptr &) { Q_EMIT changed(); });
    Q_EMIT changed();
}

// A search through very many requests comes in parts, which may be empty.
Task<> RequestsSource::readPage()
{
    for (int found = 0; found < kPage;) {
        HistoryPage page = co_await m_history->find({.filter = m_filter, .before = m_before, .limit = kPage - found});
        std::vector<RequestRow> rows = rowsOf(page);
        found += static_cast<int>(rows.size());
        m_hasPage = true;
        m_before = page.next;
        m_model.setHasOlder(page.next.has_value());
        m_model.add(std::move(rows));
        if (!page.next)
            co_return;
    }
}

Task<> RequestsSource::listen()
{
    const std::unique_ptr<HistoryListener> listener = m_history->feed().listen();
    for (bool isLast = !listener; !isLast;) {
        co_await listener->news(kNever);
        const HistoryListener::Batch batch = listener->take();
        isLast = batch.isLast;
        take(batch);
        co_await SleepUntil(Clock::now() + 100ms);
    }
}

void RequestsSource::take(const HistoryListener::Batch &batch)
{
    const auto told = static_cast<qint64>(batch.records.size());
    const bool asksHistory = looksIntoBodies(m_filter);
    if (!asksHistory) {
        std::vector<RequestRow> rows;
        for (const auto &record : batch.records) {
            if (matches(m_filter, *record))
                rows.push_back(requestRow(*record, m_texts));
        }
        deliver(std::move(rows));
    }
    if (batch.lost > 0) {
        // Where they are nobody knows; what was not read yet comes with the past.
        catchUp(batch.lost + (asksHistory ? told : 0), m_hasPage ? m_before.value_or(0) : kNoPosition);
    } else if (asksHistory && told > 0) {
        const auto positions =
            batch.records | std::views::transform([](const auto &record) { return record->position; });
        catchUp(told, std::ranges::min(positions));
    }
}

qint64 RequestsSource::deliver(std::vector<RequestRow> rows)
{
    const qint64 before = count();
    if (m_isLive) {
        m_model.add(std::move(rows));
        return count() - before;
    }
    for (RequestRow &row : rows) {
        if (!m_model.contains(row.position))
            m_waiting.try_emplace(row.position, std::move(row));
    }
    const qint64 added = count() - before;
    while (m_waiting.size() > RequestsModel::kMostRows)
        m_waiting.erase(m_waiting.begin());
    if (added > 0)
        Q_EMIT changed();
    return added;
}

void RequestsSource::catchUp(qint64 missing, qint64 until)
{
    m_missing += missing;
    m_until = std::min(m_until, until);
    m_readsAgain = m_catchingUp->isRunning();
    if (!m_readsAgain)
        m_catchingUp->start(readNewest(), {});
}

Task<> RequestsSource::readNewest()
{
    do {
        m_readsAgain = false;
        std::optional<qint64> before;
        do {
            const HistoryPage page = co_await m_history->find({.filter = m_filter, .before = before, .limit = kPage});
            m_missing -= deliver(rowsOf(page));
            before = page.next;
        } while (before && *before > m_until && m_missing > 0);
    } while (m_readsAgain);
    m_missing = 0;
    m_until = kNoPosition;
}

std::vector<RequestRow> RequestsSource::rowsOf(const HistoryPage &page)
{
    std::vector<RequestRow> rows;
    rows.reserve(page.records.size());
    for (const HistoryRecord &record : page.records)
        rows.push_back(requestRow(record, m_texts));
    return rows;
}

} // namespace lunargate::ui
