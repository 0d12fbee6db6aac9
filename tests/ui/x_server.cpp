// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/x_server.h"

#include <QTemporaryDir>

#include <chrono>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

namespace lunargate::test {

namespace {

constexpr int kPatience = 15'000; // milliseconds

/// What the server writes to `descriptor` once it takes connections: the number of its display.
QByteArray readNumber(int descriptor)
{
    QByteArray number;
    while (!number.endsWith('\n')) {
        pollfd ready{.fd = descriptor, .events = POLLIN, .revents = 0};
        char byte = 0;
        if (::poll(&ready, 1, kPatience) != 1 || ::read(descriptor, &byte, 1) != 1)
            return {};
        number += byte;
    }
    return number.trimmed();
}

void end(QProcess &process)
{
    process.terminate();
    if (!process.waitForFinished(5000)) {
        process.kill();
        process.waitForFinished(5000);
    }
}

} // namespace

XServer::XServer()
{
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC) != 0) {
        m_problem = "no pipe";
        return;
    }
    m_server.setProcessChannelMode(QProcess::MergedChannels);
    m_server.setChildProcessModifier([told = ends[1]] { ::fcntl(told, F_SETFD, 0); }); // this one it inherits
    m_server.start(QStringLiteral("Xvfb"),
                   {QStringLiteral("-displayfd"), QString::number(ends[1]), QStringLiteral("-screen"),
                    QStringLiteral("0"), QStringLiteral("1280x800x24"), QStringLiteral("-nolisten"),
                    QStringLiteral("tcp"), QStringLiteral("-noreset")});
    ::close(ends[1]); // so that the other's end is seen
    const QByteArray number = readNumber(ends[0]);
    ::close(ends[0]);
    if (number.isEmpty()) {
        m_server.waitForReadyRead(100);
        m_problem = "Xvfb does not start: " + m_server.errorString().toUtf8() + '\n' + m_server.readAll();
        return;
    }
    qputenv("DISPLAY", ':' + number);
}

XServer::~XServer()
{
    end(m_server);
}

TrayHost::TrayHost()
{
    m_process.setProcessChannelMode(QProcess::ForwardedChannels);
    start();
}

void TrayHost::start()
{
    m_process.start(QStringLiteral("stalonetray"), {QStringLiteral("--geometry"), QStringLiteral("4x1-0+0"),
                                                    QStringLiteral("--icon-size"), QStringLiteral("24")});
    m_process.waitForStarted(kPatience);
}

void TrayHost::restart()
{
    stop();
    start();
}

void TrayHost::stop()
{
    end(m_process);
}

} // namespace lunargate::test
