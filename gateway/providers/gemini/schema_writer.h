// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/json/document.h"
#include "gateway/json/text_writer.h"

namespace lunargate::gemini {

/// Whether a schema of a function's parameters says that there are none. Gemini wants such a schema left out.
bool takesNothing(json::Value schema);

/// Writes a JSON Schema as `parametersJsonSchema` and `responseJsonSchema` take it (Gemini API reference,
/// "GenerationConfig", "responseJsonSchema"): the client's own, in its order, but for the few keywords that are refused
/// or not understood there.
void writeSchema(json::TextWriter &json, json::Value schema);

} // namespace lunargate::gemini
