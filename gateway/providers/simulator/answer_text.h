// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/providers/simulator/chat_request_view.h"

#include <QByteArray>

#include <vector>

namespace lunargate::simulator {

/// What the simulated model says, `tokens` tokens of it: who it is, the beginning of what the user wrote (or what the
/// tools answered), and then sentences to fill up. The same `seed` gives the same sentences.
std::vector<QByteArray> answerText(const ChatRequestView &request, quint64 seed, int tokens);

/// An object for `response_format: json_object`.
QByteArray answerObject(const ChatRequestView &request);

/// What the simulated model thinks before it answers, the longer the greater the effort; nothing without an effort.
std::vector<QByteArray> reasoningText(const ChatRequestView &request);

} // namespace lunargate::simulator
