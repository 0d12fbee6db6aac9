// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/providers/provider.h"

namespace lunargate::ollama {

/// Reads an answer of GET /api/tags (Ollama API reference, "List local models"), which has all models at once. Fails
/// with UpstreamProtocol.
Result<ModelPage> readModels(const QByteArray &body);

} // namespace lunargate::ollama
