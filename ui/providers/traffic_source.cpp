// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/providers/traffic_source.h"

#include <algorithm>

namespace lunargate::ui {

namespace {

using namespace std::chrono_literals;

// How far back a provider's calls are looked for: a whole history can be millions of requests.
constexpr auto kPast = 24h;
// Adding up may take the history's thread a twentieth of its time.
constexpr int kRest = 20;

std::chrono::sys_time<std::chrono::microseconds> ago(std::chrono::hours age)
{
    return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()) - age;
}

const HistoryField &field(QByteArrayView name)
{
    return *std::ranges::find(historyFields(), name, &HistoryField::name);
}

HistoryTerm newerThan(std::chrono::hours age)
{
    return {.field = &field("after"), .comparison = HistoryTerm::Comparison::GreaterOrEqual, .time = ago(age)};
}

HistoryTerm isFor(const QByteArray &provider)
{
    return {.field = &field("provider"), .text = provider.toLower()};
}

} // namespace

void TrafficSource::follow(History &history, const std::vector<QByteArray> &providers)
{
    stop();
    m_history = &history;
    std::erase_if(m_traffic, [&](const auto &known) { return !std::ranges::contains(providers, known.first); });
    for (const QByteArray &provider : providers)
        m_traffic.try_emplace(provider);
    m_hasNews = true;
    m_nextSums = {};
    m_listener = history.feed().listen(); // what ends while the past is read comes twice, rather than not at all
    m_reading->start(readPast(), {});
    refresh();
}

void TrafficSource::stop()
{
    // Nobody calls this from inside of these tasks.
    m_reading = std::make_unique<TaskRunner>();
    m_summing = std::make_unique<TaskRunner>();
    m_listener.reset();
    m_history = nullptr;
}

void TrafficSource::clear()
{
    stop();
    m_traffic.clear();
    m_hasRead = m_hasSums = false;
}

void TrafficSource::refresh()
{
    if (!m_history)
        return;
    if (m_listener) {
        for (const auto &record : m_listener->take().records)
            note(*record);
    }
    const TimePoint now = Clock::now();
    if (!m_summing->isRunning() && now >= m_nextSums && (m_hasNews || now >= m_oldSums))
        m_summing->start(sumUp(), {});
}

void TrafficSource::note(const HistoryRecord &record)
{
    m_hasNews = true;
    for (auto &[provider, traffic] : m_traffic)
        traffic.note(record, provider);
}

// First the newest of all, which also tells what failed before another provider answered; then those of each provider
// that was not called often among them.
Task<> TrafficSource::readPast()
{
    const HistoryFilter newest{.terms = {newerThan(kPast)}};
    const HistoryPage page = co_await m_history->find({.filter = newest, .limit = kLargestHistoryPage});
    for (const HistoryRecord &record : page.records)
        note(record);
    for (auto &[provider, traffic] : m_traffic) {
        ProviderTraffic read; // without what is known from before
        for (const HistoryRecord &record : page.records)
            read.note(record, provider);
        std::optional<qint64> before = page.next;
        while (before && !read.isFull()) {
            const HistoryPage more = co_await m_history->find({.filter = {.terms = {newerThan(kPast), isFor(provider)}},
                                                               .before = before,
                                                               .limit = ProviderTraffic::kMostCalls});
            for (const HistoryRecord &record : more.records) {
                read.note(record, provider);
                traffic.note(record, provider);
            }
            before = more.next;
        }
    }
    m_hasRead = true;
    Q_EMIT changed();
}

Task<> TrafficSource::sumUp()
{
    m_hasNews = false;
    const TimePoint begin = Clock::now();
    const std::shared_ptr<const HistoryTally> tally = co_await m_history->tally(field("provider"), positionOf(ago(1h)));
    for (auto &[provider, traffic] : m_traffic) {
        const auto group = tally->groups().find(provider);
        traffic.setHour(group == tally->groups().end() ? ProviderTraffic::Hour()
                                                       : ProviderTraffic::Hour{.requests = group->second.requests,
                                                                               .errors = group->second.errors,
                                                                               .tokensIn = group->second.tokensIn,
                                                                               .tokensOut = group->second.tokensOut});
    }
    m_hasSums = true;
    const TimePoint now = Clock::now();
    m_nextSums = now + kRest * (now - begin);
    m_oldSums = now + 1min;
    Q_EMIT changed();
}

} // namespace lunargate::ui
