// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/command_line.h"
#include "gateway/gateway.h"

#include <QByteArrayList>

#include <memory>

namespace lunargate {

/// What came of starting a gateway.
struct StartedGateway
{
    std::unique_ptr<Gateway> gateway; ///< answers already; null: it cannot
    bool isBuiltIn = false;           ///< there is no configuration, the simulator answers
    QByteArrayList problems = {};     ///< why it cannot, line by line
    QStringList files = {};           ///< absolute paths of what was read, or would have been
    bool passesByItself = false;      ///< the configuration is right, but its address cannot be had now
};

/// Starts a gateway with the configuration that `command` led to, and logs what is to be known of it, now and after
/// each reload. Main thread.
StartedGateway startGateway(LoadedConfig loaded, const RunCommand &command);

} // namespace lunargate
