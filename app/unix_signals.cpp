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

void onHangup(int)
{
    const char byte = 1;
    [[maybe_unused]] const ssize_t written = ::write(signalPipe[1], &byte, 1);
}

// Whether the terminal that the program was started from is there.
bool hasTerminal()
{
    const int terminal = ::open("/dev/tty", O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (terminal >= 0)
        ::close(terminal);
    return terminal >= 0;
}

bool isIgnored(int number)
{
    struct sigaction action = {};
    return ::sigaction(number, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

void handle(int number, void (*handler)(int))
{
    struct sigaction action = {};
    action.sa_handler = handler;
    action.sa_flags = SA_RESTART;
    ::sigaction(number, &action, nullptr);
}

} // namespace

UnixSignals::UnixSignals()
{
    if (::pipe2(signalPipe, O_CLOEXEC | O_NONBLOCK) != 0)
        qFatal("cannot make a pipe");
    m_notifier = std::make_unique<QSocketNotifier>(signalPipe[0], QSocketNotifier::Read);
    connect(m_notifier.get(), &QSocketNotifier::activated, this, &UnixSignals::readPipe);
    m_endsWithTerminal = hasTerminal() && !isIgnored(SIGHUP);
    handle(SIGINT, onSignal);
    handle(SIGTERM, onSignal);
    handle(SIGHUP, onHangup);
    std::signal(SIGPIPE, SIG_IGN); // a client that left is told by the write's result
}

UnixSignals::~UnixSignals()
{
    std::signal(SIGINT, SIG_DFL);
    std::signal(SIGTERM, SIG_DFL);
    std::signal(SIGHUP, SIG_DFL);
    m_notifier.reset();
    ::close(signalPipe[0]);
    ::close(signalPipe[1]);
}

void UnixSignals::readPipe()
{
    bool isHangup = false;
    for (char byte = 0; ::read(signalPipe[0], &byte, 1) == 1;)
        isHangup |= byte == 1;
    if (isAsked || (isHangup && m_endsWithTerminal && !hasTerminal())) {
        m_notifier->setEnabled(false);
        Q_EMIT endRequested();
    } else if (isHangup) {
        Q_EMIT reloadRequested();
    }
}

} // namespace lunargate
