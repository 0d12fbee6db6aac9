// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/limits/client_address.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace lunargate {

namespace {

constexpr int kPrefixBytes = 8; // 64 bits

QHostAddress withoutMapping(const QHostAddress &address)
{
    bool isIPv4 = false;
    const quint32 number = address.toIPv4Address(&isIPv4);
    return isIPv4 ? QHostAddress(number) : address;
}

QByteArray textOf(QHostAddress address)
{
    if (address.protocol() == QAbstractSocket::IPv4Protocol) { // of every request, so without a detour over UTF-16
        const quint32 number = address.toIPv4Address();
        std::array<char, 16> text;
        char *end = text.data();
        for (int shift = 24; shift >= 0; shift -= 8) {
            end = std::to_chars(end, end + 3, (number >> shift) & 0xff).ptr;
            *end++ = '.';
        }
        return QByteArray(text.data(), end - text.data() - 1);
    }
    address.setScopeId({});
    return address.toString().toUtf8();
}

// `10.1.2.3`, `10.1.2.3:4711`, `2001:db8::1`, `[2001:db8::1]:4711`; null if it is none of these
QHostAddress parseHop(QByteArrayView hop)
{
    if (hop.startsWith('[')) {
        const qsizetype end = hop.indexOf(']');
        hop = end < 0 ? QByteArrayView() : hop.sliced(1, end - 1);
    } else if (hop.count(':') == 1) {
        hop = hop.first(hop.indexOf(':'));
    }
    return withoutMapping(QHostAddress(QString::fromLatin1(hop)));
}

/// Where the trail of `X-Forwarded-For` leaves the trusted proxies, followed from `client` backwards.
QHostAddress followTrail(QHostAddress client, const HeaderList &headers, const TrustedProxies &proxies)
{
    for (auto field = headers.end(); field != headers.begin();) {
        --field;
        if (QByteArrayView(field->name).compare("X-Forwarded-For", Qt::CaseInsensitive) != 0)
            continue;
        QByteArrayView rest = field->value;
        while (!rest.isEmpty()) {
            const qsizetype comma = rest.lastIndexOf(',');
            const QByteArrayView hop = rest.sliced(comma + 1).trimmed();
            rest = rest.first(std::max<qsizetype>(comma, 0));
            if (hop.isEmpty())
                continue;
            const QHostAddress address = parseHop(hop);
            if (address.isNull())
                return client; // a hop without a name: the one that told of it is all that is known
            client = address;
            if (!proxies.contains(client))
                return client;
        }
    }
    return client;
}

} // namespace

TrustedProxies::TrustedProxies(const std::vector<QByteArray> &networks)
{
    for (const QByteArray &network : networks) {
        const auto [address, bits] = QHostAddress::parseSubnet(QString::fromUtf8(network));
        if (!address.isNull() && bits >= 0)
            m_networks.emplace_back(address, bits);
    }
}

bool TrustedProxies::contains(const QHostAddress &address) const
{
    const QHostAddress plain = withoutMapping(address);
    return std::ranges::any_of(m_networks, [&](const auto &network) { return plain.isInSubnet(network); });
}

QByteArray clientAddress(const QHostAddress &peer, const HeaderList &headers, const TrustedProxies &proxies)
{
    const QHostAddress proxy = withoutMapping(peer);
    if (!proxies.contains(proxy))
        return textOf(proxy);
    if (headers.contains("X-Forwarded-For"))
        return textOf(followTrail(proxy, headers, proxies));
    // Twice means that the proxy added to what the client wrote: nobody knows which is which.
    if (headers.count("X-Real-IP") == 1) {
        const QHostAddress client = parseHop(QByteArrayView(*headers.value("X-Real-IP")).trimmed());
        if (!client.isNull())
            return textOf(client);
    }
    return textOf(proxy);
}

QByteArray networkOf(const QByteArray &address)
{
    if (!address.contains(':'))
        return address;
    const QHostAddress parsed(QString::fromLatin1(address));
    if (parsed.protocol() != QAbstractSocket::IPv6Protocol || parsed.isLoopback())
        return address;
    Q_IPV6ADDR bytes = parsed.toIPv6Address();
    std::fill(std::begin(bytes.c) + kPrefixBytes, std::end(bytes.c), quint8(0));
    return textOf(QHostAddress(bytes)) + "/64";
}

} // namespace lunargate
