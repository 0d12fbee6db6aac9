// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/error.h"
#include "gateway/json/text_writer.h"
#include "gateway/providers/gemini/request_context.h"

#include <QByteArray>

#include <vector>

namespace lunargate::gemini {

/// Writes `generationConfig`: limits, sampling, the answer's form and how much is thought. What the model cannot be
/// told and changes little is added to `dropped`. Fails with InvalidRequest. `thinking` is Google's own
/// `thinking_config`, if the client sent one: it goes before `reasoning_effort`.
Result<void> writeGenerationConfig(json::TextWriter &json, const RequestContext &context, json::Value thinking,
                                   std::vector<QByteArray> &dropped);

} // namespace lunargate::gemini
