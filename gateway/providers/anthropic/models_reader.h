// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/providers/provider.h"

namespace lunargate::anthropic {

/// Reads a page of the model list (Anthropic API reference, "List models"). Fails with UpstreamProtocol.
Result<ModelPage> readModels(QByteArrayView body);

} // namespace lunargate::anthropic
