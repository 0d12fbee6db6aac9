// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/socket.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <format>

namespace lunargate::bench {

namespace {

sockaddr_in loopback(std::uint16_t port)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

void setOption(int socket, int level, int option)
{
    const int on = 1;
    ::setsockopt(socket, level, option, &on, sizeof on);
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
    setOption(listener.get(), SOL_SOCKET, SO_REUSEADDR);
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
    setOption(socket.get(), IPPROTO_TCP, TCP_NODELAY);
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
        setOption(socket.get(), IPPROTO_TCP, TCP_NODELAY);
    return socket;
}

void raiseDescriptorLimit()
{
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        ::setrlimit(RLIMIT_NOFILE, &limit);
    }
}

std::uint16_t localPort(const Descriptor &socket)
{
    sockaddr_in address{};
    socklen_t length = sizeof address;
    ::getsockname(socket.get(), reinterpret_cast<sockaddr *>(&address), &length);
    return ntohs(address.sin_port);
}

} // namespace lunargate::bench
