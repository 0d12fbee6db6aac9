// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/restart_needed.h"

namespace lunargate {

namespace {

// Sockets and threads are made once. A key that joins them is one line here.
template <typename Visit>
void visitFixedKeys(Visit visit)
{
    visit("server.host", [](auto &config) -> auto & { return config.server.host; });
    visit("server.port", [](auto &config) -> auto & { return config.server.port; });
    visit("server.ollama_port", [](auto &config) -> auto & { return config.server.ollamaPort; });
    visit("server.workers", [](auto &config) -> auto & { return config.server.workers; });
    visit("upstream.transport", [](auto &config) -> auto & { return config.upstream.transport; });
    visit("admin.port", [](auto &config) -> auto & { return config.admin.port; });
}

} // namespace

std::vector<QByteArray> restartNeeded(const Config &running, const Config &wanted)
{
    std::vector<QByteArray> keys;
    visitFixedKeys([&](const char *key, auto valueOf) {
        if (valueOf(running) != valueOf(wanted))
            keys.emplace_back(key);
    });
    return keys;
}

Config withoutRestart(const Config &running, Config wanted)
{
    visitFixedKeys([&](const char *, auto valueOf) { valueOf(wanted) = valueOf(running); });
    return wanted;
}

} // namespace lunargate
