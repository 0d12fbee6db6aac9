// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/epoll_dispatcher.h"

#include <QCoreApplication>
#include <QSocketNotifier>
#include <QTest>

#include <array>
#include <functional>

#include <sys/socket.h>
#include <unistd.h>

// What the tests of EpollDispatcher share; it runs their programs' own loops.
namespace lunargate::test {

/// Two connected sockets; what is written to one can be read from the other.
class SocketPair
{
public:
    SocketPair()
    {
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, m_ends.data()) != 0)
            qFatal("no sockets");
    }
    ~SocketPair()
    {
        for (const int end : m_ends)
            ::close(end);
    }
    SocketPair(const SocketPair &) = delete;
    SocketPair &operator=(const SocketPair &) = delete;

    int near() const { return m_ends[0]; }
    int far() const { return m_ends[1]; }
    void send() const { QCOMPARE(::write(far(), "x", 1), 1); }
    int take() const
    {
        std::array<char, 64> bytes;
        return int(::read(near(), bytes.data(), bytes.size()));
    }
    void fill() const
    {
        const std::array<char, 4096> bytes{};
        while (::write(near(), bytes.data(), bytes.size()) > 0) {
        }
    }
    void empty() const
    {
        std::array<char, 4096> bytes;
        while (::read(far(), bytes.data(), bytes.size()) > 0) {
        }
    }

private:
    std::array<int, 2> m_ends{};
};

/// Counts what a notifier tells.
struct Watch
{
    Watch(int descriptor, QSocketNotifier::Type type) : notifier(descriptor, type)
    {
        QObject::connect(&notifier, &QSocketNotifier::activated, &notifier, [this] {
            ++count;
            if (onActivated)
                onActivated();
        });
    }

    QSocketNotifier notifier;
    int count = 0;
    std::function<void()> onActivated;
};

/// One look at what is there, without waiting.
inline void look(QEventLoop::ProcessEventsFlags flags = QEventLoop::AllEvents)
{
    QAbstractEventDispatcher::instance()->processEvents(flags);
}

/// A loop in the loop, until `isDone`.
inline bool runNested(const std::function<bool()> &isDone)
{
    return QTest::qWaitFor(isDone, std::chrono::seconds(5));
}

/// main() of such a test.
inline int runOnEpoll(QObject &test, int argc, char *argv[])
{
    QCoreApplication::setEventDispatcher(new EpollDispatcher); // the application's from now on
    const QCoreApplication application(argc, argv);
    return QTest::qExec(&test, argc, argv);
}

} // namespace lunargate::test
