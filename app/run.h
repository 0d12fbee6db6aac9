// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/command_line.h"

namespace lunargate {

/// Runs the gateway until a signal ends it; the exit status. Needs a QCoreApplication.
int run(const RunCommand &command);

/// `lunargate check FILE`: 0 if the configuration can be used, else 2.
int check(const CheckCommand &command);

} // namespace lunargate
