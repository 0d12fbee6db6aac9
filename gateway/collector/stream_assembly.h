// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>

namespace lunargate {

struct RequestRecord;

/// The chat.completion that the chunks of a stream make, first choice only: text, reasoning, refusal, tool calls and
/// finish reason; that is `error` if the stream was cut before it said one. `frames` are those that the client got; id,
/// usage and the names that are missing come from `record`.
QByteArray assembledCompletion(QByteArrayView frames, const RequestRecord &record);

} // namespace lunargate
