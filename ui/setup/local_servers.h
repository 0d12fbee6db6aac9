// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/task.h"
#include "gateway/upstream/transport.h"
#include "ui/setup/found_provider.h"

namespace lunargate::ui {

/// Where on 127.0.0.1 a model server may listen.
struct LocalServer
{
    QByteArray type; ///< a provider type
    quint16 port = 0;
};

/// The ports that the known ones have by default.
std::vector<LocalServer> usualLocalServers();

/// Those that answer as their type does, in the order of `servers`. All are asked at once, and have until `deadline`.
/// `transport` outlives the task.
Task<std::vector<FoundProvider>> findLocalServers(Transport &transport, std::vector<LocalServer> servers,
                                                  TimePoint deadline);

} // namespace lunargate::ui
