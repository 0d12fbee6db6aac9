// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/pseudo_terminal.h"

#include <QtLogging>

#include <cstdlib>
#include <utility>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

namespace lunargate::test {

PseudoTerminal::PseudoTerminal() : m_window(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC))
{
    if (m_window < 0 || ::grantpt(m_window) != 0 || ::unlockpt(m_window) != 0)
        qFatal("cannot make a terminal");
    m_inside = ::open(::ptsname(m_window), O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (m_inside < 0)
        qFatal("cannot open the terminal");
}

PseudoTerminal::~PseudoTerminal()
{
    close();
    ::close(m_inside);
}

std::function<void()> PseudoTerminal::opener() const
{
    return [inside = m_inside] {
        ::setsid();
        ::ioctl(inside, TIOCSCTTY, 0);
        ::dup2(inside, STDIN_FILENO);
    };
}

void PseudoTerminal::type(const QByteArray &keys) const
{
    if (::write(m_window, keys.constData(), static_cast<size_t>(keys.size())) != keys.size())
        qFatal("cannot type");
}

bool PseudoTerminal::isEchoing() const
{
    termios settings = {};
    return ::tcgetattr(m_inside, &settings) == 0 && (settings.c_lflag & ECHO) != 0;
}

void PseudoTerminal::close()
{
    if (const int window = std::exchange(m_window, -1); window >= 0)
        ::close(window);
}

} // namespace lunargate::test
