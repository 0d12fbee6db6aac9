// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/chat_request.h"
#include "gateway/providers/provider.h"
#include "tests/bench/protocol.h"

#include <QByteArray>

#include <memory>
#include <vector>

namespace lunargate::bench {

/// Chunks with text in a stream that is measured.
inline constexpr int kStreamChunks = 200;

/// A stream as the fake upstream sends it, whole, with the same times on every run.
QByteArray streamOf(const Protocol &protocol);

/// A provider that speaks `protocol`, as configured in a few lines.
std::shared_ptr<const Provider> providerFor(const Protocol &protocol);

/// A chat request, read and normalised. Aborts for what is none.
std::unique_ptr<ChatRequest> chatRequest(const QByteArray &body);

/// A body that asks for a stream.
QByteArray streamBody();

/// What `provider` says with `stream`, for a client of another protocol.
std::vector<ChatStreamEvent> eventsOf(const Provider &provider, const QByteArray &stream);

} // namespace lunargate::bench
