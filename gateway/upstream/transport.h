// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/task.h"
#include "gateway/async/time.h"
#include "gateway/error.h"
#include "gateway/http/header_list.h"
#include "gateway/http/incoming_body.h"
#include "gateway/upstream/phase_times.h"

#include <QByteArray>
#include <QUrl>

#include <memory>
#include <optional>
#include <vector>

namespace lunargate {

struct UpstreamRequest
{
    QByteArray method = "POST";
    QUrl url;
    HeaderList headers;
    QByteArray body;
    std::shared_ptr<IncomingBody> rest = {}; ///< what follows `body`, while it comes; such a call cannot be repeated
    std::chrono::milliseconds connectTimeout{30'000};
    /// Whether it may go out once more where a kept connection turns out to be dead and nothing was answered: whether
    /// it arrived the first time nobody knows. Else it gets a connection of its own. What has a `rest` never may.
    bool mayResend = true;
    bool isStream = false; ///< the answer is passed on while it comes, and must be held back when its reader is slow
};

struct UpstreamHead
{
    int status = 0;
    HeaderList headers;
};

/// One call to a provider. Destroying it aborts the call, whatever its phase. It belongs to one thread.
class UpstreamCall
{
public:
    UpstreamCall() = default;
    UpstreamCall(const UpstreamCall &) = delete;
    UpstreamCall &operator=(const UpstreamCall &) = delete;
    virtual ~UpstreamCall() = default;

    /// Waits for status and headers. Fails with UpstreamTransport (reasons dns_error, connect_error, tls_error,
    /// connection_reset …) or UpstreamTimeout (reasons connect_timeout, header_timeout). To be called once.
    virtual Task<Result<UpstreamHead>> head(TimePoint deadline) = 0;

    /// Waits for the next bytes of the body and takes them; empty bytes are its end. Upstream is read no faster than
    /// this is called (but for a bounded buffer). After a failure or the end it must not be called again.
    /// Fails with UpstreamTransport, or with UpstreamTimeout (reason read_timeout) at the deadline.
    virtual Task<Result<QByteArray>> read(TimePoint deadline) = 0;

    /// How long it took to get where it is; to be asked when head() is over, whichever way. Empty: nobody knows.
    virtual std::optional<PhaseTimes> phaseTimes() { return std::nullopt; }
};

/// Connections that are to be there before somebody needs them.
struct WarmTarget
{
    QUrl url; ///< only its origin counts
    int connections = 0;
};

/// A way to reach providers. One per worker, used from that worker's thread only.
class Transport
{
public:
    Transport() = default;
    Transport(const Transport &) = delete;
    Transport &operator=(const Transport &) = delete;
    virtual ~Transport() = default;

    /// Starts the call. Never fails by itself: what goes wrong is told by head().
    virtual std::unique_ptr<UpstreamCall> send(UpstreamRequest request) = 0;

    /// From now on has connections open to these, and to no others. Nothing by default.
    virtual void keepWarm(const std::vector<WarmTarget> &) {}
};

} // namespace lunargate
