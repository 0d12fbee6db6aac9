// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/parameter_use.h"
#include "gateway/config/config.h"

namespace lunargate::ollama {

/// The object `options` (Ollama documentation, "Modelfile", "Valid Parameters and Values"), empty if there is nothing
/// to say. The client's own `options` come first, then its parameters by OpenAI's names, then the configuration's
/// defaults. Fails with InvalidRequest if the client's `options` are no object.
Result<QByteArray> writeOptions(const Conversation &conversation, ParameterUse &parameters,
                                const ProviderConfig &provider);

} // namespace lunargate::ollama
