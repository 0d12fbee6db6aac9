// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/routing/peak_ewma.h"

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

namespace lunargate {

/// What is known of a target from its calls: how many are running, and how long they take of late. Every function may
/// be called from any thread. Its calls tell it; see TargetCall.
class TargetLoad
{
public:
    using TimeSource = std::function<TimePoint()>; ///< called from any thread

    explicit TargetLoad(TimeSource now) : m_now(std::move(now)) {}
    TargetLoad(const TargetLoad &) = delete;
    TargetLoad &operator=(const TargetLoad &) = delete;

    /// Calls that run or wait for their turn.
    int pending() const { return m_pending.load(std::memory_order_relaxed); }

    /// Milliseconds, as a peak EWMA; nothing before the first call told something. It decays only while no call is
    /// running: one is enough to see whether a slow target has become better.
    std::optional<double> latency() const;

private:
    friend class TargetCall;

    void answered(TimePoint startedAt);
    void refused(TimePoint startedAt);
    void failed(TimePoint startedAt);
    void abandoned(TimePoint startedAt);

    TimeSource m_now;
    std::atomic<int> m_pending = 0;
    mutable std::mutex m_mutex; // protects m_latency
    PeakEwma m_latency;
};

/// A call to a target: it counts as pending as long as this lives. Belongs to one thread at a time. At most one of
/// answered(), refused() and abandonment counts, and a failure after an answer.
class TargetCall
{
public:
    TargetCall() = default; ///< counts nowhere
    /// `load` may be null: then nothing is counted.
    explicit TargetCall(std::shared_ptr<TargetLoad> load);
    TargetCall(TargetCall &&other) noexcept = default;
    TargetCall &operator=(TargetCall &&other) noexcept;
    /// A call that ends without a word was given up: its target takes at least as long as that.
    ~TargetCall() { end(); }

    /// The whole answer is here, or the first content of a stream.
    void answered();
    /// The target did not like the request. That tells nothing of its speed, but makes it look no better than before.
    void refused();
    /// It failed, or its stream broke. However fast that was, it must not attract further calls.
    void failed();
    /// Nobody was called, or nobody yet: see restart().
    void dismissed() { m_isOpen = false; }
    /// It is sent only now, after a wait of our own.
    void restart();

private:
    void end();

    std::shared_ptr<TargetLoad> m_load;
    TimePoint m_startedAt{};
    bool m_isOpen = false; ///< nothing was told yet
};

} // namespace lunargate
