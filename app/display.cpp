// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/display.h"

#include <QGuiApplication>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace lunargate {

namespace {

constexpr std::chrono::seconds kPatience{10};

/// In a process of its own: Qt ends the one that cannot connect.
[[noreturn]] void connectToDisplay(int argc, char *argv[], int told)
{
    const rlimit noCore = {};
    ::setrlimit(RLIMIT_CORE, &noCore);
    const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    ::dup2(nowhere, STDERR_FILENO); // Qt would say at length what the caller says in a line
    const QGuiApplication application(argc, argv);
    const char byte = 0;
    std::_Exit(::write(told, &byte, 1) == 1 ? 0 : 1);
}

/// Whether something comes from there in time; signals do not matter.
bool isTold(int from)
{
    using std::chrono::steady_clock;
    const auto end = steady_clock::now() + kPatience;
    pollfd said{.fd = from, .events = POLLIN, .revents = 0};
    int ready = -1;
    do {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - steady_clock::now());
        ready = ::poll(&said, 1, std::max(static_cast<int>(left.count()), 0));
    } while (ready < 0 && errno == EINTR);
    return ready == 1 && (said.revents & POLLIN) != 0;
}

bool canConnect(int argc, char *argv[])
{
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC) != 0)
        return false;
    const pid_t child = ::fork();
    if (child == 0)
        connectToDisplay(argc, argv, ends[1]);
    ::close(ends[1]); // so that the other's end is seen
    const bool isConnected = child > 0 && isTold(ends[0]);
    ::close(ends[0]);
    if (child > 0) {
        ::kill(child, SIGKILL);
        while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) { // it ends soon
        }
    }
    return isConnected;
}

} // namespace

bool hasDisplay(int argc, char *argv[])
{
    const QByteArray x11 = qgetenv("DISPLAY");
    const QByteArray wayland = qgetenv("WAYLAND_DISPLAY");
    if (x11.isEmpty() && wayland.isEmpty())
        return false;
    if (canConnect(argc, argv))
        return true;
    std::fprintf(
        stderr, "lunargate: the display cannot be used (DISPLAY=%s, WAYLAND_DISPLAY=%s): no window, only the gateway\n",
        x11.constData(), wayland.constData());
    return false;
}

} // namespace lunargate
