// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/sections.h"

#include <QHostAddress>

namespace lunargate {

namespace {

constexpr qint64 kKiB = 1024;
constexpr qint64 kMiB = 1024 * kKiB;

/// Takes the brackets off an IPv6 address and reports a port.
void checkHost(SectionReader &section, QByteArray &host)
{
    if (host.startsWith('[') && host.endsWith(']'))
        host = host.sliced(1, host.size() - 2);
    const bool isAddress = !QHostAddress(QString::fromUtf8(host)).isNull();
    if (!isAddress && (host.contains(':') || host.contains('/') || host.contains(' '))) {
        section.context().error(section.placeOf("host"),
                                "expected an address or a name alone, such as `127.0.0.1` or `::1`; "
                                "the port goes into server.port");
    }
}

void checkOrigins(SectionReader &section, std::vector<QByteArray> &origins)
{
    for (QByteArray &origin : origins) {
        while (origin.endsWith('/'))
            origin.chop(1);
        if (origin != "*" && !origin.contains("://"))
            section.context().error(section.placeOf("cors_origins"),
                                    "an origin has a scheme, such as `https://app.example.com`, or is `*`");
    }
}

void checkNetworks(SectionReader &section, const std::vector<QByteArray> &networks)
{
    for (const QByteArray &network : networks) {
        const auto [address, bits] = QHostAddress::parseSubnet(QString::fromUtf8(network));
        if (address.isNull() || bits < 0)
            section.context().error(section.placeOf("trusted_proxies"),
                                    "expected an address or a network, such as `127.0.0.1` or `10.0.0.0/8`, found `" +
                                        network + '`');
    }
}

} // namespace

void readServer(SectionReader &root, ServerConfig &server)
{
    root.section("server", [&](SectionReader &section) {
        section.read("host", server.host);
        section.read("port", server.port, {0, 65535});
        section.read("ollama_port", server.ollamaPort, {0, 65535});
        section.read("workers", server.workers, {0, 1024});
        section.read("header_timeout", server.headerTimeout);
        section.read("read_timeout", server.readTimeout);
        section.read("write_timeout", server.writeTimeout);
        section.read("stream_keep_alive", server.streamKeepAlive);
        section.read("idle_timeout", server.idleTimeout);
        section.read("shutdown_timeout", server.shutdownTimeout);
        section.readSize("max_header_bytes", server.maxHeaderBytes, {kKiB, 16 * kMiB});
        section.readSize("max_body_bytes", server.maxBodyBytes, {1, 256 * kMiB});
        section.readSize("max_upload_bytes", server.maxUploadBytes, {1, 64 * 1024 * kMiB});
        section.read("max_connections", server.maxConnections, {1, 1'000'000});
        section.read("max_json_depth", server.maxJsonDepth, {1, 10'000});
        section.read("websocket_ping", server.webSocketPing);
        section.read("websocket_max_age", server.webSocketMaxAge);
        section.read("allowed_hosts", server.allowedHosts);
        section.read("cors_origins", server.corsOrigins);
        section.read("trusted_proxies", server.trustedProxies);

        checkHost(section, server.host);
        checkOrigins(section, server.corsOrigins);
        checkNetworks(section, server.trustedProxies);
        for (QByteArray &host : server.allowedHosts)
            host = host.toLower();
    });
}

void readUpstream(SectionReader &root, UpstreamConfig &upstream)
{
    root.section("upstream", [&](SectionReader &section) { section.read("transport", upstream.transport); });
}

} // namespace lunargate
