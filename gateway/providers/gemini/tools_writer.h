// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/error.h"
#include "gateway/json/text_writer.h"
#include "gateway/providers/gemini/request_context.h"

namespace lunargate::gemini {

/// Writes `tools` and `toolConfig`, where there are tools. Fails with InvalidRequest for tools that Gemini does not
/// have.
Result<void> writeTools(json::TextWriter &json, const RequestContext &context);

/// Whether the answer may quote pages that Google found.
bool asksForSearch(const Conversation &conversation);

} // namespace lunargate::gemini
