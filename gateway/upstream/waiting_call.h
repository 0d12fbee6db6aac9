// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/event.h"
#include "gateway/upstream/call_error.h"
#include "gateway/upstream/transport.h"

#include <optional>

namespace lunargate {

/// What the calls of all transports have in common: whoever wants the head, or more of the body, waits until it came,
/// the call ended, or a deadline passed.
class WaitingCall : public UpstreamCall
{
public:
    Task<Result<UpstreamHead>> head(TimePoint deadline) override;
    Task<Result<QByteArray>> read(TimePoint deadline) override;

protected:
    /// How much of a body may wait for read(), in bytes, but for the piece that passes it (with libcurl
    /// CURLOPT_BUFFERSIZE at most).
    static constexpr qsizetype kBufferedBody = 64 * 1024;

    /// 0 and less: no limit for connecting.
    explicit WaitingCall(std::chrono::milliseconds connectTimeout) : m_connectTimeout(connectTimeout) {}

    virtual bool hasHead() const = 0;
    /// Once, with hasHead().
    virtual UpstreamHead takeHead() = 0;
    /// What came of the body since the last time; lets more come.
    virtual QByteArray takeBuffered() = 0;
    virtual CallFacts facts() const = 0;
    /// A deadline passed: it must not go on.
    virtual void abandon() = 0;

    bool isConnecting() const { return m_phase <= CallPhase::Connecting; }

    const std::chrono::milliseconds m_connectTimeout;
    const TimePoint m_began = Clock::now();
    TimePoint m_wentOut = m_began; // where the connect timeout counts from: later only if it goes out once more
    CallPhase m_phase = CallPhase::Resolving;
    Event m_changed;                   // to be told whenever one of those below or hasHead() changes, or bytes came
    bool m_waitsForConnection = false; // head() waits under the connect timeout
    bool m_isDone = false;
    std::optional<Error> m_error; // with m_isDone

private:
    Error giveUp(Error error);
};

} // namespace lunargate
