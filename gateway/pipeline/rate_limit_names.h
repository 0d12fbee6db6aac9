// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/native_request.h"
#include "gateway/http/header_list.h"

#include <QByteArray>

#include <chrono>
#include <optional>

// Rate limits in the headers of the dialects: OpenAI's `x-ratelimit-limit-requests` with times such as `6m0s` (OpenAI
// API reference, "Rate limits"), Anthropic's `anthropic-ratelimit-requests-limit` with RFC 3339 times (Anthropic API
// reference, "Rate limits"). Other dialects have none, and get OpenAI's.
namespace lunargate::headers {

using WallTime = std::chrono::system_clock::time_point;

/// Those of a provider that speaks another dialect, in the names and times of `client`'s. Nothing for what it says in
/// the client's own, and for what makes no sense.
HeaderList translatedRateLimits(const HeaderList &provider, ChatProtocol client, WallTime now);

/// `now` plus `time`, rounded up to whole seconds: `2026-11-28T12:00:05Z`.
QByteArray resetDate(std::chrono::nanoseconds time, WallTime now);

/// Reads a time as services of OpenAI's protocol write it: `6m0s`, `120ms`, `2m59.56s`, `34.4` (seconds).
std::optional<std::chrono::nanoseconds> readResetText(QByteArrayView text);

} // namespace lunargate::headers
