// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtTypes>

#include <chrono>

namespace lunargate {

/// What a client may send, and how slowly. Zero durations mean "no limit".
struct ConnectionLimits
{
    qint64 maxHeaderBytes = 64 * 1024; ///< request line and header fields
    qint64 maxBodyBytes = 10 * 1024 * 1024;
    qint64 maxUploadBytes = 512 * 1024 * 1024;       ///< of a body that is handled while it comes
    std::chrono::milliseconds headerTimeout{10'000}; ///< from the first byte to the end of the header block
    std::chrono::milliseconds readTimeout{30'000};   ///< from the first byte to the end of the body
    /// A body that is handled while it comes has no such end; after its first minute at least so much of it must come
    /// within each `readTimeout`.
    std::chrono::milliseconds bodyGrace{60'000};
    qint64 leastBodyBytes = 64 * 1024;
    std::chrono::milliseconds idleTimeout{60'000};   ///< between two requests
    std::chrono::milliseconds writeTimeout{0};       ///< how long the client may take nothing of an answer
    std::chrono::milliseconds webSocketPing{25'000}; ///< between two pings to a client with a WebSocket
    std::chrono::milliseconds webSocketMaxAge{0};    ///< of a WebSocket
};

} // namespace lunargate
