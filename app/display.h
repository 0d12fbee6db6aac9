// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace lunargate {

/// Whether there is a desktop that lets this program show a window. Where one is named but cannot be used, says so on
/// standard error. To be called before there are threads and a QCoreApplication; `argc` and `argv` are main()'s. Takes
/// as long as connecting to the desktop does, ten seconds at the most.
bool hasDisplay(int argc, char *argv[]);

} // namespace lunargate
