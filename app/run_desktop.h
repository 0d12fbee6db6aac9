// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/command_line.h"

namespace lunargate {

/// Runs the gateway with tray and window until the user quits or a signal ends it; the exit status: 1 if it never ran.
/// If the user's desktop app runs already, raises its window, says so and returns at once. `argc` and `argv` are
/// main()'s.
int runDesktop(const RunCommand &command, int argc, char *argv[]);

} // namespace lunargate
