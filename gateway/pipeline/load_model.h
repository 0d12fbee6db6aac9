// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/pipeline/request_context.h"

namespace lunargate {

/// A call of a client of Ollama's that only wants its model loaded, or unloaded: goes to the target that the model's
/// calls would go to, if that speaks Ollama's protocol. Elsewhere there is nothing to be loaded, and `ownAnswer` says
/// that it is done.
Task<> loadModel(RequestContext &context, std::unique_ptr<ClientCall> call, QByteArray ownAnswer);

} // namespace lunargate
