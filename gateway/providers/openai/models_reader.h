// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/provider_model.h"
#include "gateway/error.h"

namespace lunargate::openai {

/// Reads the answer to GET /models. Fails with UpstreamProtocol.
Result<ModelPage> readModels(const QByteArray &body);

} // namespace lunargate::openai
