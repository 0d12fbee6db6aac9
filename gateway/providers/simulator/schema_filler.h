// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/json/document.h"

#include <QByteArray>

namespace lunargate::simulator {

/// A small value that satisfies a JSON Schema, as compact JSON; an object if the schema does not say what it wants.
///
/// Knows const, enum, default, type, properties, required, items, prefixItems, minItems, maxItems, uniqueItems, the
/// bounds of numbers and string lengths, the usual formats, local $ref, allOf, and takes the first fitting branch of
/// anyOf and oneOf. It does not try to match `pattern`, `not` or conditions. Recursion ends in empty arrays and nulls.
QByteArray fillSchema(json::Value schema);

} // namespace lunargate::simulator
