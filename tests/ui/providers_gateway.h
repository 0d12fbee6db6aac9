// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/gateway.h"

namespace lunargate::test {

/// A gateway that answers on any free port, with these sections; `config` can change before it is reloaded. It outlives
/// the gateway.
std::unique_ptr<Gateway> startProvidersGateway(const QByteArray &config);

/// A call to `provider` that began `age` ago and went well.
HistoryRecord callTo(const QByteArray &provider, std::chrono::milliseconds age,
                     std::chrono::milliseconds timeToFirstByte = std::chrono::milliseconds(400));
/// One that failed.
HistoryRecord failedCallTo(const QByteArray &provider, std::chrono::milliseconds age, int status = 503,
                           const QByteArray &error = "upstream_status");

} // namespace lunargate::test
