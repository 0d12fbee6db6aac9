// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/upstream/direct_connection.h"

#include <algorithm>
#include <array>
#include <cerrno>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

namespace lunargate {

namespace {

constexpr size_t kMostParts = 4;
// As for connections of libcurl's (curl_request.cpp).
constexpr int kProbeSeconds = 60;

struct SocketAddress
{
    sockaddr_storage storage{};
    socklen_t size = 0;
};

SocketAddress socketAddress(const QHostAddress &address, quint16 port)
{
    SocketAddress result;
    if (address.protocol() == QAbstractSocket::IPv4Protocol) {
        auto *v4 = reinterpret_cast<sockaddr_in *>(&result.storage);
        v4->sin_family = AF_INET;
        v4->sin_port = htons(port);
        v4->sin_addr.s_addr = htonl(address.toIPv4Address());
        result.size = sizeof(sockaddr_in);
        return result;
    }
    auto *v6 = reinterpret_cast<sockaddr_in6 *>(&result.storage);
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(port);
    const Q_IPV6ADDR bytes = address.toIPv6Address();
    std::copy(std::begin(bytes.c), std::end(bytes.c), std::begin(v6->sin6_addr.s6_addr));
    result.size = sizeof(sockaddr_in6);
    return result;
}

} // namespace

void DirectConnection::Close::operator()(DirectConnection *connection) const
{
    connection->m_user = nullptr;
    connection->m_reading.setEnabled(false);
    connection->m_writing.setEnabled(false);
    ::close(std::exchange(connection->m_descriptor, -1));
    connection->deleteLater();
}

DirectConnection::Pointer DirectConnection::open(const QHostAddress &address, quint16 port, int &error)
{
    const SocketAddress to = socketAddress(address, port);
    const int descriptor = ::socket(to.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
    if (descriptor < 0) {
        error = errno;
        return nullptr;
    }
    const int one = 1; // small pieces would wait for the other side's delayed acknowledgement
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    // A host that vanished, or what lies between, is noticed while a model thinks.
    ::setsockopt(descriptor, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof one);
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPIDLE, &kProbeSeconds, sizeof kProbeSeconds);
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPINTVL, &kProbeSeconds, sizeof kProbeSeconds);
    if (::connect(descriptor, reinterpret_cast<const sockaddr *>(&to.storage), to.size) != 0 && errno != EINPROGRESS) {
        error = errno;
        ::close(descriptor);
        return nullptr;
    }
    return Pointer(new DirectConnection(descriptor));
}

DirectConnection::DirectConnection(int descriptor)
    : m_descriptor(descriptor),
      m_reading(descriptor, QSocketNotifier::Read),
      m_writing(descriptor, QSocketNotifier::Write)
{
    m_reading.setEnabled(false);
    connect(&m_reading, &QSocketNotifier::activated, this, [this] {
        if (m_user)
            m_user->onReadable();
    });
    connect(&m_writing, &QSocketNotifier::activated, this, [this] {
        if (m_user)
            m_user->onWritable();
    });
}

DirectConnection::~DirectConnection()
{
    if (m_descriptor < 0)
        return;
    m_reading.setEnabled(false);
    m_writing.setEnabled(false);
    ::close(m_descriptor);
}

int DirectConnection::connectError() const
{
    int error = 0;
    socklen_t size = sizeof error;
    return ::getsockopt(m_descriptor, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

qsizetype DirectConnection::send(std::span<const QByteArrayView> parts)
{
    std::array<iovec, kMostParts> pieces{};
    size_t count = 0;
    for (const QByteArrayView part : parts.first(std::min(parts.size(), kMostParts))) {
        if (!part.isEmpty())
            pieces[count++] = {.iov_base = const_cast<char *>(part.data()),
                               .iov_len = static_cast<size_t>(part.size())};
    }
    msghdr message{};
    message.msg_iov = pieces.data();
    message.msg_iovlen = count;
    ssize_t sent = -1;
    do {
        sent = ::sendmsg(m_descriptor, &message, MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    return sent;
}

qsizetype DirectConnection::receive(std::span<char> to)
{
    ssize_t received = -1;
    do {
        received = ::recv(m_descriptor, to.data(), to.size(), 0);
    } while (received < 0 && errno == EINTR);
    return received;
}

bool DirectConnection::isSilent() const
{
    char byte = 0;
    return ::recv(m_descriptor, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
}

} // namespace lunargate
