// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/providers/simulator/chat_answer.h"
#include "gateway/providers/simulator/faults.h"

#include <QByteArray>

#include <generator>

namespace lunargate::simulator {

/// What every frame of an answer repeats.
struct ChatEnvelope
{
    QByteArray id;
    QByteArray model;
    qint64 created = 0; ///< seconds since 1970
    bool includeUsage = false;
};

/// The body of an answer in one piece.
QByteArray chatCompletion(const ChatEnvelope &envelope, const ChatAnswer &answer);

/// The body of a streamed answer as server-sent events, made one at a time as they are taken: for each choice the role,
/// its tokens one a frame and the finish reason; then the usage, if asked for, and [DONE].
std::generator<Chunk> chatFrames(ChatEnvelope envelope, ChatAnswer answer);

} // namespace lunargate::simulator
