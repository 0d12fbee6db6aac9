// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QUrl>

#include <expected>

namespace lunargate {

/// Where commands are taken from, for a `data_sharing.backend_url`: the same place by WebSocket, under
/// `/remote-control/ws/gateway`. Without TLS only on this machine, as the key goes there; fails with what is wrong.
std::expected<QUrl, QByteArray> backendAddress(const QByteArray &backendUrl);

} // namespace lunargate
