// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/time.h"
#include "gateway/chat/usage.h"

#include <QByteArray>

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

namespace lunargate {

/// A whole, successful answer as the client got it. Shared by all workers once it is const; its bytes are never copied.
struct CachedAnswer
{
    QByteArray body = {};                       ///< of a stream: all frames, one behind the other
    std::vector<qsizetype> frameEnds = {};      ///< of a stream: where each frame ends in `body`; empty: it is none
    std::vector<QByteArray> droppedParams = {}; ///< what the provider could not be told
    std::optional<Usage> usage = {};            ///< what it cost then
    std::chrono::nanoseconds took{0};           ///< from that request's start until it was whole
    TimePoint storedAt{};

    /// About how much memory it takes.
    qint64 bytes() const;
};

using SharedAnswer = std::shared_ptr<const CachedAnswer>;

} // namespace lunargate
