// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/parameter_use.h"
#include "gateway/config/config.h"

namespace lunargate::ollama {

/// The JSON of `think` (true, false, "low", "medium" or "high"; Ollama documentation, "Thinking"): what the client says
/// with `reasoning_effort` or Ollama's own `think`, else what the configuration says; empty: the model decides.
/// Words that say nothing to Ollama count as left out, by their names in `dropped`.
QByteArrayView think(const Conversation &conversation, ParameterUse &parameters, const ProviderConfig &provider,
                     std::vector<QByteArray> &dropped);

/// The same for a client that says nothing of it: what the configuration says.
QByteArrayView configuredThink(const ProviderConfig &provider);

} // namespace lunargate::ollama
