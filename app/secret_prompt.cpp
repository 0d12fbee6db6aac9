// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/secret_prompt.h"

#include <QFile>

#include <csignal>
#include <cstdio>

#include <termios.h>
#include <unistd.h>

namespace lunargate {

namespace {

constexpr qint64 kLongestSecret = 64 * 1024;

constexpr int kEndingSignals[] = {SIGINT, SIGQUIT, SIGTERM, SIGHUP};

termios settingsBefore = {}; // of the terminal

// Whoever gives up gets the terminal back as it was; then the signal does what it always does.
void showInputAndEnd(int number)
{
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &settingsBefore);
    ::raise(number); // delivered when this has returned
}

/// While it lives the terminal does not show what is typed; elsewhere it does nothing. One at a time.
class HiddenInput
{
public:
    HiddenInput() : m_isTerminal(::isatty(STDIN_FILENO) != 0 && ::tcgetattr(STDIN_FILENO, &settingsBefore) == 0)
    {
        if (!m_isTerminal)
            return;
        struct sigaction action = {};
        action.sa_handler = showInputAndEnd;
        action.sa_flags = static_cast<int>(SA_RESETHAND);
        for (const int number : kEndingSignals)
            ::sigaction(number, &action, nullptr);
        termios hidden = settingsBefore;
        hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    }
    ~HiddenInput()
    {
        if (!m_isTerminal)
            return;
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &settingsBefore);
        for (const int number : kEndingSignals)
            std::signal(number, SIG_DFL);
        std::fputc('\n', stderr);
    }
    HiddenInput(const HiddenInput &) = delete;
    HiddenInput &operator=(const HiddenInput &) = delete;

    bool isTerminal() const { return m_isTerminal; }

private:
    bool m_isTerminal;
};

} // namespace

SecretString readSecret(const QByteArray &name)
{
    const HiddenInput hidden;
    if (hidden.isTerminal())
        std::fprintf(stderr, "Secret for '%s' (it is not shown): ", name.constData());
    QFile input;
    if (!input.open(stdin, QIODevice::ReadOnly))
        return {};
    return SecretString(input.readLine(kLongestSecret).trimmed());
}

} // namespace lunargate
