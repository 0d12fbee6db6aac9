// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/socket.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <format>

namespace lunargate::bench {

namespace {

// Bodies of 512 KiB pass through here: the buffers should not be what is measured.
constexpr int socketBufferBytes = 1024 * 1024;

sockaddr_in loopback(std::uint16_t port)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

void setOption(int socket, int level, int option, int value)
{
    ::setsockopt(socket, level, option, &value, sizeof value);
}

void tune(int socket)
{
    setOption(socket, IPPROTO_TCP, TCP_NODELAY, 1);
    setOption(socket, SOL_SOCKET, SO_SNDBUF, socketBufferBytes);
    setOption(socket, SOL_SOCKET, SO_RCVBUF, socketBufferBytes);
}

Descriptor newSocket()
{
    return Descriptor(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

} // namespace

std::string systemError(const char *what)
{
    return std::format("{}: {}", what, std::strerror(errno));
}

std::expected<Descriptor, std::string> listenOnLoopback(std::uint16_t port)
{
    Descriptor listener = newSocket();
    if (!listener)
        return std::unexpected(systemError("cannot make a socket"));
    setOption(listener.get(), SOL_SOCKET, SO_REUSEADDR, 1);
    setOption(listener.get(), SOL_SOCKET, SO_RCVBUF, socketBufferBytes); // inherited by what it accepts
    const sockaddr_in address = loopback(port);
    if (::bind(listener.get(), reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0)
        return std::unexpected(systemError("cannot bind"));
    if (::listen(listener.get(), SOMAXCONN) != 0)
        return std::unexpected(systemError("cannot listen"));
    return listener;
}

std::expected<Descriptor, std::string> connectToLoopback(std::uint16_t port)
{
    Descriptor socket = newSocket();
    if (!socket)
        return std::unexpected(systemError("cannot make a socket"));
    tune(socket.get());
    const sockaddr_in address = loopback(port);
    const int result = ::connect(socket.get(), reinterpret_cast<const sockaddr *>(&address), sizeof address);
    if (result != 0 && errno != EINPROGRESS)
        return std::unexpected(systemError("cannot connect"));
    return socket;
}

Descriptor acceptFrom(const Descriptor &listener)
{
    Descriptor socket(::accept4(listener.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (socket)
        tune(socket.get());
    return socket;
}

std::uint16_t localPort(const Descriptor &socket)
{
    sockaddr_in address{};
    socklen_t length = sizeof address;
    ::getsockname(socket.get(), reinterpret_cast<sockaddr *>(&address), &length);
    return ntohs(address.sin_port);
}

} // namespace lunargate::bench
