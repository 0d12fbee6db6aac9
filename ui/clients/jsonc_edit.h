// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/clients/edit_result.h"

#include <span>

namespace lunargate::ui {

/// Names of members, from the outermost object inwards.
using JsonPath = std::span<const QByteArrayView>;

/// Sets the member that `path` leads to to `value`, in a JSON text that may have comments and trailing commas; objects
/// that are missing on the way are added. Every other byte stays. An empty text is an empty object.
EditResult setInJsonc(const QByteArray &text, JsonPath path, const QByteArray &value);

/// Whether there is such a member.
bool hasInJsonc(const QByteArray &text, JsonPath path);

} // namespace lunargate::ui
