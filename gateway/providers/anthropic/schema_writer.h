// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/json/text_writer.h"

namespace lunargate::anthropic {

/// Writes a JSON Schema such as structured outputs and strict tools take it (Anthropic docs, "Structured outputs",
/// "JSON Schema limitations"): objects are closed, `oneOf` becomes `anyOf`, and what the grammar cannot hold is told
/// to the model in the `description` instead.
void writeStrictSchema(json::TextWriter &json, json::Value schema);

/// Writes the `input_schema` of a tool: `parameters` as they are, but always with a type, and without
/// alternatives at the top.
void writeInputSchema(json::TextWriter &json, json::Value parameters, bool isStrict);

} // namespace lunargate::anthropic
