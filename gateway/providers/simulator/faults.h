// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/config.h"
#include "gateway/upstream/transport.h"

#include <QByteArray>

#include <atomic>
#include <generator>
#include <vector>

namespace lunargate::simulator {

/// A piece of a simulated body.
struct Chunk
{
    enum class Kind {
        Data,
        Cut,   ///< the connection breaks here
        Stall, ///< nothing more comes, and no end either
    };

    Kind kind = Kind::Data;
    QByteArray bytes = {};
    int tokens = 0;     ///< how long it takes: time to first token, tokens per second
    bool isEnd = false; ///< the [DONE] of a stream
};

/// Which of a provider's requests fail with which status. All transports of one configuration share it, so that the
/// order holds across worker threads; any thread may call next().
class FaultSequence
{
public:
    explicit FaultSequence(std::vector<int> statuses) : m_statuses(std::move(statuses)) {}

    /// The status of the next request: 200 once the list is used up.
    int next();

private:
    const std::vector<int> m_statuses;
    std::atomic<quint64> m_requests = 0;
};

/// `chunks` as a connection with the configured faults delivers it; a chunk is one event. At the same place a malformed
/// event comes first, then a cut, then a stall.
std::generator<Chunk> withStreamFaults(std::generator<Chunk> chunks, SimulatorConfig config);

/// A body in one piece: half of it comes before a cut or a stall (nothing with 0 chunks), and half of it is all that
/// comes if it is to be malformed. `tokens`: how long it takes.
std::generator<Chunk> withBodyFaults(QByteArray body, int tokens, SimulatorConfig config);

/// The error object that OpenAI sends along with `status`.
QByteArray statusErrorBody(int status);

/// An OpenAI error object; an empty `param` is null.
QByteArray errorBody(const QByteArray &message, const QByteArray &type, const QByteArray &param,
                     const QByteArray &code);

/// The headers that tell a client to come back after `delay`.
HeaderList retryAfterHeaders(milliseconds delay);

} // namespace lunargate::simulator
