// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/reading_context.h"

namespace lunargate {

/// Makes of `path`, as seen from the configuration's folder, one that holds anywhere. An empty one stays.
void resolvePath(const ReadingContext &context, QByteArray &path);

} // namespace lunargate
