// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/history/history_record.h"

#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace lunargate::ui {

/// What went wrong with a provider.
struct ProviderFailure
{
    std::chrono::system_clock::time_point at;
    QByteArray reason; ///< stable token
    int status = 0;    ///< 0: the provider did not answer
};

/// What requests did with one provider lately.
class ProviderTraffic
{
public:
    static constexpr size_t kMostCalls = 60;

    /// One attempt that is over.
    struct Call
    {
        std::optional<std::chrono::microseconds> timeToFirstByte; ///< since its own start
        bool hasFailed = false;

        bool operator==(const Call &) const = default;
    };

    /// What the requests that began within the last hour come to.
    struct Hour
    {
        qint64 requests = 0;
        qint64 errors = 0;
        qint64 tokensIn = 0;
        qint64 tokensOut = 0;
    };

    /// Takes the calls to `provider` that a request made. What it has already it does not take twice.
    void note(const HistoryRecord &record, const QByteArray &provider);
    void setHour(const Hour &hour) { m_hour = hour; }

    /// The newest, oldest first.
    std::vector<Call> calls() const;
    bool isFull() const { return m_calls.size() == kMostCalls; }
    /// Of the calls; nothing if none brought a byte.
    std::optional<std::chrono::microseconds> medianTimeToFirstByte() const;
    const std::optional<ProviderFailure> &lastFailure() const { return m_lastFailure; }
    const Hour &hour() const { return m_hour; }

private:
    std::map<std::pair<qint64, int>, Call> m_calls; // by their request's position, and their number in it
    std::optional<ProviderFailure> m_lastFailure;
    Hour m_hour;
};

} // namespace lunargate::ui
