// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/time.h"
#include "gateway/config/config.h"
#include "gateway/error.h"

namespace lunargate {

struct RoutePlan;

/// When a request must have its answer, whatever is tried for it.
struct RequestDeadline
{
    TimePoint at = kNever;
    milliseconds value{0};
    const RouteConfig *route = nullptr; ///< whose setting it is, as in the plan; null: that of `routing`
};

/// The `request_timeout` of the plan's route, or else of `routing`, counted from `start`.
RequestDeadline requestDeadline(const Config &config, const RoutePlan &plan, TimePoint start);

/// It came while that provider was being asked. `detail`: for the log.
Error requestTimeout(const RequestDeadline &deadline, const QByteArray &provider, QByteArray detail);

/// The limits of one attempt: the provider's `timeouts`, and for what they leave out `timeout`, `timeout_mode` and
/// `idle_timeout`; before the client has got anything also the deadline of the request. A plain value.
class AttemptDeadlines
{
public:
    /// When a wait ends, and which setting says so.
    struct Limit
    {
        enum class Setting { Headers, FirstContent, BetweenChunks, Total, Request };

        TimePoint at = kNever;
        Setting setting = Setting::Total;
    };

    /// What is waited for.
    enum class Phase { Head, FirstContent, Rest };

    /// `provider` and the deadline's route must outlive it.
    AttemptDeadlines(const ProviderConfig &provider, const RequestDeadline &request, TimePoint start);

    /// For the head of the answer.
    Limit head() const;
    /// For the first byte of a whole answer, or the first useful event of a stream.
    Limit firstContent() const;
    /// For the next piece, from `now` on.
    Limit nextPiece(TimePoint now) const;

    /// The client gets a part of the answer: from now on only the attempt's own limits hold.
    void commit() { m_request.at = kNever; }

    /// The client made the provider wait for so long, which does not count as the attempt's time.
    void excuse(Clock::duration wait)
    {
        if (m_total != kNever)
            m_total += wait;
    }

    /// A failure of the wait for `phase` in the words of the setting that ended it. Other errors stay as they are.
    Error explain(Error error, Phase phase, const Limit &limit) const;

private:
    Error explainConnectTimeout(Error error) const;
    QByteArray words(const Limit &limit) const;

    const ProviderConfig *m_provider;
    RequestDeadline m_request;
    TimePoint m_headers, m_firstContent, m_total;
};

/// How long the connection to a provider may take; 0: no limit.
milliseconds connectTimeout(const ProviderConfig &provider);

} // namespace lunargate
