// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QUrl>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

namespace lunargate::test {

/// A port on 127.0.0.1 whose queue of waiting connections is full: the system lets a further connect() hang.
class DeafServer
{
public:
    DeafServer() : m_listener(makeSocket(0))
    {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        auto *generic = reinterpret_cast<sockaddr *>(&address);
        socklen_t size = sizeof(address);
        if (bind(m_listener, generic, size) != 0 || listen(m_listener, 0) != 0 ||
            getsockname(m_listener, generic, &size) != 0)
            qFatal("no port on 127.0.0.1");
        m_port = ntohs(address.sin_port);
        for (int &filler : m_fillers) {
            filler = makeSocket(SOCK_NONBLOCK);
            (void)connect(filler, generic, size); // in progress, or hanging: both are meant
        }
    }
    ~DeafServer()
    {
        for (const int filler : m_fillers)
            close(filler);
        close(m_listener);
    }
    DeafServer(const DeafServer &) = delete;
    DeafServer &operator=(const DeafServer &) = delete;

    QUrl url() const { return QUrl(QStringLiteral("http://127.0.0.1:%1/").arg(m_port)); }

private:
    static int makeSocket(int flags)
    {
        const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
        if (descriptor < 0)
            qFatal("no socket");
        return descriptor;
    }

    int m_listener;
    quint16 m_port = 0;
    std::array<int, 8> m_fillers{};
};

} // namespace lunargate::test
