// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/http/header_list.h"

#include <QHostAddress>

#include <utility>
#include <vector>

namespace lunargate {

/// The proxies in front of the gateway that are believed when they say for whom they speak: `server.trusted_proxies`,
/// parsed. Immutable.
class TrustedProxies
{
public:
    TrustedProxies() = default;
    /// Addresses and networks (`10.0.0.0/8`). What is neither is left out; the configuration's reader refuses it.
    explicit TrustedProxies(const std::vector<QByteArray> &networks);

    bool contains(const QHostAddress &address) const;

private:
    std::vector<std::pair<QHostAddress, int>> m_networks;
};

/// Who sent a request, as text: the peer, unless that is a trusted proxy. Then it is the address that the last
/// untrusted hop of `X-Forwarded-For` came from, or without that header the one in `X-Real-IP`. Nothing that a client
/// writes into these headers counts, as long as the proxy adds to the first or replaces both. IPv4 addresses inside
/// IPv6 (`::ffff:10.0.0.1`) are told as IPv4.
QByteArray clientAddress(const QHostAddress &peer, const HeaderList &headers, const TrustedProxies &proxies);

/// What one client holds: an IPv4 address itself, of an IPv6 address the network of 64 bits (`2001:db8:1:2::/64`),
/// since whoever has one of its addresses has all (RFC 6177). Anything else and the loopback address stay as they are.
QByteArray networkOf(const QByteArray &address);

} // namespace lunargate
