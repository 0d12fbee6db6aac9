// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/http/listening_sockets.h"

#include <QHostInfo>

#include <algorithm>

#include <fcntl.h>

namespace lunargate {

namespace {

// The kernel cuts it to net.core.somaxconn.
constexpr int kBacklog = 4096;
// A port that the system chose for one address may be taken on the other.
constexpr int kSharedPortTries = 20;

Result<std::vector<QHostAddress>> resolve(const QByteArray &host)
{
    if (host.isEmpty() || host.compare("localhost", Qt::CaseInsensitive) == 0)
        return std::vector{QHostAddress(QHostAddress::LocalHost), QHostAddress(QHostAddress::LocalHostIPv6)};
    QByteArray name = host;
    if (name.startsWith('[') && name.endsWith(']'))
        name = name.sliced(1, name.size() - 2);
    if (name == "*")
        return std::vector{QHostAddress(QHostAddress::Any)};
    if (const QHostAddress address(QString::fromUtf8(name)); !address.isNull())
        return std::vector{address};
    const QList<QHostAddress> found = QHostInfo::fromName(QString::fromUtf8(name)).addresses();
    if (found.isEmpty()) {
        return std::unexpected(Error{.kind = ErrorKind::Internal,
                                     .reason = "unknown_host",
                                     .message = "server.host: '" + host + "' is neither an address nor a known name"});
    }
    return std::vector(found.begin(), found.end());
}

Error cannotListen(const QHostAddress &address, quint16 port, QByteArrayView portSetting, const QTcpServer &server)
{
    const QByteArray where = address.toString().toUtf8() + " port " + QByteArray::number(port);
    QByteArray message = "cannot listen on " + where + ": " + server.errorString().toUtf8();
    if (server.serverError() == QAbstractSocket::AddressInUseError)
        message = "port " + QByteArray::number(port) + " is already in use on " + address.toString().toUtf8() +
                  "; stop the program that has it, or choose another with " + portSetting.toByteArray();
    else if (server.serverError() == QAbstractSocket::SocketAccessError)
        message += "; choose a port above 1023 with " + portSetting.toByteArray();
    else if (server.serverError() == QAbstractSocket::SocketAddressNotAvailableError)
        message += "; this machine has no such address, change server.host or --host";
    return {.kind = ErrorKind::Internal, .reason = "cannot_listen", .message = message};
}

} // namespace

Result<ListeningSockets> ListeningSockets::bind(const QByteArray &host, quint16 port, QByteArrayView portSetting)
{
    const Result<std::vector<QHostAddress>> addresses = resolve(host);
    if (!addresses)
        return std::unexpected(addresses.error());
    const bool both = host.isEmpty() || host.compare("localhost", Qt::CaseInsensitive) == 0;

    for (int attempt = 0;; ++attempt) {
        ListeningSockets sockets;
        quint16 actualPort = port;
        bool again = false;
        for (const QHostAddress &address : *addresses) {
            auto server = std::make_unique<QTcpServer>();
            server->setListenBacklogSize(kBacklog);
            if (server->listen(address, actualPort)) {
                actualPort = sockets.m_port = server->serverPort();
                sockets.m_addresses.push_back(server->serverAddress());
                sockets.m_servers.push_back(std::move(server));
                continue;
            }
            const bool inUse = server->serverError() == QAbstractSocket::AddressInUseError;
            if (inUse && port == 0 && attempt < kSharedPortTries) {
                again = true;
                break;
            }
            // A machine without IPv6 serves 127.0.0.1 alone.
            if (both && !inUse && !sockets.m_servers.empty())
                continue;
            return std::unexpected(cannotListen(address, actualPort, portSetting, *server));
        }
        if (!again)
            return sockets;
    }
}

bool ListeningSockets::isLoopbackOnly() const
{
    return std::ranges::all_of(m_addresses, [](const QHostAddress &address) { return address.isLoopback(); });
}

std::vector<qintptr> ListeningSockets::duplicates() const
{
    std::vector<qintptr> result;
    result.reserve(m_servers.size());
    for (const auto &server : m_servers)
        result.push_back(::fcntl(static_cast<int>(server->socketDescriptor()), F_DUPFD_CLOEXEC, 0));
    return result;
}

void ListeningSockets::close()
{
    for (const auto &server : m_servers)
        server->close();
}

} // namespace lunargate
