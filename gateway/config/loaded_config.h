// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/config_reader.h"

#include <functional>

namespace lunargate {

/// A configuration to run with, and where it comes from.
struct LoadedConfig
{
    ConfigReading reading;
    QByteArray source;      ///< the file's name, or what is used without one
    bool isBuiltIn = false; ///< there was no file, and none was asked for: the simulator answers
};

/// Reads the configuration as it is now, with what the command line says otherwise.
using ConfigSource = std::function<LoadedConfig()>;

} // namespace lunargate
