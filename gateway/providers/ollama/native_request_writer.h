// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/native_request.h"
#include "gateway/config/config.h"

namespace lunargate::ollama {

/// The body of a client that speaks Ollama's protocol itself: its own bytes, but for `model` (empty: as it is) and what
/// the configuration sets where the client does not.
QByteArray writeNativeRequest(const NativeRequest &request, const QByteArray &model, const ProviderConfig &provider);

} // namespace lunargate::ollama
