// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/command_line.h"

namespace lunargate {

/// `lunargate explain REQUEST`: 0 if the request would be sent to a provider, 1 if it would be refused, 2 if there is
/// no request or no configuration to explain it with.
int explain(const ExplainCommand &command);

} // namespace lunargate
