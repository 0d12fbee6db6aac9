// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/command_line.h"
#include "gateway/config/loaded_config.h"

#include <stop_token>

namespace lunargate {

/// Reads the file of the command line, or the built-in configuration, and applies the command line's own settings. Any
/// thread. May wait for the keychain until `stop`.
LoadedConfig loadConfig(const RunCommand &command, std::stop_token stop = {});

/// The text that counts while there is no file and none was asked for. Any thread.
QByteArray builtInConfig();

/// What loadConfig() would read if `text` stood in the file of the command line. Any thread; may wait for the
/// environment's keychain.
ConfigReading checkConfigText(const RunCommand &command, QByteArrayView text, const Environment &environment);

} // namespace lunargate
