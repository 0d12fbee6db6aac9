// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/key_use.h"
#include "gateway/config/reading_context.h"

#include <vector>

namespace lunargate {

/// Reports each key of the keychain that would be sent elsewhere than to the origin that it is bound to, or could be,
/// as it stands where no credential of that origin is. To be called once all sections are read.
void checkKeys(ReadingContext &context);

/// What was taken from the keychain, or would have been, and what for.
std::vector<KeyUse> keyUses(const ReadingContext &context);

} // namespace lunargate
