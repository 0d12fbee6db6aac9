// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/time.h"

#include <QByteArray>

#include <memory>
#include <mutex>
#include <optional>

namespace lunargate {

class OwnRequests;

/// What came of a request so far, for whoever asks from another thread.
struct OwnProgress
{
    int status = 0; ///< 0: there is no answer yet, or none came at all
    QByteArray requestId = {};
    QByteArray contentType = {};
    QByteArray body = {};     ///< what came since somebody asked before
    bool isShortened = false; ///< too much waited, and was forgotten
    TimePoint sentAt = Clock::now();
    std::optional<TimePoint> firstByteAt = {};
    std::optional<TimePoint> endedAt = {}; ///< nothing more comes
};

/// Where the thread that runs a request leaves what comes, and another one takes it.
struct OwnAnswer
{
    std::mutex mutex; // protects the member below
    OwnProgress progress;
};

/// A request that was sent inside the process. Destroying it cancels it. It may outlive the OwnRequests that sent it,
/// with which it ends; its functions may be called from any thread.
class OwnCall
{
public:
    OwnCall(OwnRequests &requests, std::shared_ptr<OwnAnswer> answer)
        : m_requests(requests), m_answer(std::move(answer))
    {
    }
    ~OwnCall() { cancel(); }
    OwnCall(const OwnCall &) = delete;
    OwnCall &operator=(const OwnCall &) = delete;

    /// How it stands.
    OwnProgress take();

    /// Ends it as if a client had left; it has ended a little later.
    void cancel();

private:
    OwnRequests &m_requests;
    const std::shared_ptr<OwnAnswer> m_answer;
};

} // namespace lunargate
