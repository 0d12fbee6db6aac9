// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/unix_signals.h"

#include <csignal>

#include <fcntl.h>
#include <unistd.h>

namespace lunargate {

namespace {

// A handler may do next to nothing: it writes a byte, and the event loop reads it.
int signalPipe[2] = {-1, -1};
volatile std::sig_atomic_t isAsked = 0;

void onSignal(int number)
{
    if (isAsked)
        ::_exit(128 + number);
    isAsked = 1;
    const char byte = 0;
    [[maybe_unused]] const ssize_t written = ::write(signalPipe[1], &byte, 1);
}

void handle(int number)
{
    struct sigaction action = {};
    action.sa_handler = onSignal;
    action.sa_flags = SA_RESTART;
    ::sigaction(number, &action, nullptr);
}

} // namespace

UnixSignals::UnixSignals()
{
    if (::pipe2(signalPipe, O_CLOEXEC | O_NONBLOCK) != 0)
        qFatal("cannot make a pipe");
    m_notifier = std::make_unique<QSocketNotifier>(signalPipe[0], QSocketNotifier::Read);
    connect(m_notifier.get(), &QSocketNotifier::activated, this, [this] {
        m_notifier->setEnabled(false);
        Q_EMIT endRequested();
    });
    handle(SIGINT);
    handle(SIGTERM);
    std::signal(SIGPIPE, SIG_IGN); // a client that left is told by the write's result
}

UnixSignals::~UnixSignals()
{
    std::signal(SIGINT, SIG_DFL);
    std::signal(SIGTERM, SIG_DFL);
    m_notifier.reset();
    ::close(signalPipe[0]);
    ::close(signalPipe[1]);
}

} // namespace lunargate
