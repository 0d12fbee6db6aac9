// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>

namespace lunargate::simulator {

/// A schema and the value that is to fill it.
struct SchemaRow
{
    const char *name;
    const char *schema;
    const char *value;
};

/// In a file of their own because moc loses its way in raw strings with escapes or umlauts in them.
std::span<const SchemaRow> schemaRows();

/// Schemas without a natural end; what fills them is left open.
std::span<const SchemaRow> endlessSchemaRows();

} // namespace lunargate::simulator
