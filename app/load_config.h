// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/command_line.h"
#include "gateway/config/config_reader.h"

namespace lunargate {

/// The configuration to run with.
struct LoadedConfig
{
    ConfigReading reading;
    QByteArray source;      ///< the file's name, or what is used without one
    bool isBuiltIn = false; ///< there was no file, and none was asked for: the simulator answers
};

/// Reads the file of the command line, or the built-in configuration, and applies the command line's own settings.
LoadedConfig loadConfig(const RunCommand &command);

} // namespace lunargate
