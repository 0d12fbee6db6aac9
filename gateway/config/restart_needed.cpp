// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/restart_needed.h"

namespace lunargate {

namespace {

// Sockets and threads are made once. A key that joins them is one line here.
template <typename Visit>
void visitFixedKeys(Visit visit)
{
    visit("server.host", &ServerConfig::host);
    visit("server.port", &ServerConfig::port);
    visit("server.workers", &ServerConfig::workers);
}

} // namespace

std::vector<QByteArray> restartNeeded(const ServerConfig &running, const ServerConfig &wanted)
{
    std::vector<QByteArray> keys;
    visitFixedKeys([&](const char *key, auto member) {
        if (running.*member != wanted.*member)
            keys.emplace_back(key);
    });
    return keys;
}

ServerConfig withoutRestart(const ServerConfig &running, ServerConfig wanted)
{
    visitFixedKeys([&](const char *, auto member) { wanted.*member = running.*member; });
    return wanted;
}

} // namespace lunargate
