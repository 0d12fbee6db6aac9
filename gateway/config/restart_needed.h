// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/config.h"

#include <vector>

namespace lunargate {

/// The keys, such as `server.port`, in which `wanted` differs from what is running and that only a restart changes.
std::vector<QByteArray> restartNeeded(const Config &running, const Config &wanted);

/// `wanted`, with what is running in the place of what only a restart changes.
Config withoutRestart(const Config &running, Config wanted);

} // namespace lunargate
