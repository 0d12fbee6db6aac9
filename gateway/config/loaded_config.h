// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/config_reader.h"

#include <functional>
#include <stop_token>

namespace lunargate {

/// A configuration to run with, and where it comes from.
struct LoadedConfig
{
    ConfigReading reading;
    QByteArray source;      ///< the file's name, or what is used without one
    bool isBuiltIn = false; ///< there was no file, and none was asked for: the simulator answers
};

/// Reads the configuration as it is now, with what the command line says otherwise. Called in any thread, one at a
/// time; may wait for a keychain, but not when it is told to stop.
using ConfigSource = std::function<LoadedConfig(std::stop_token)>;

} // namespace lunargate
