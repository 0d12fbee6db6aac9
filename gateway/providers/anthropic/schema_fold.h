// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/json/document.h"

namespace lunargate::anthropic {

/// Whether a tool's schema offers alternatives at its top, for which Anthropic refuses the whole request: "input_schema
/// does not support oneOf, allOf, or anyOf at the top level".
bool hasAlternatives(json::Value schema);

/// Such a schema as one of a plain object, as JSON text: it takes the properties of all alternatives and requires what
/// it required itself. What gets lost by that is told to the model in the `description`.
QByteArray foldedSchema(json::Value schema);

} // namespace lunargate::anthropic
