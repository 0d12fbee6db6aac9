// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/key_command.h"

#include "gateway/security/system_keychain.h"

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

/// A line of standard input. Never an argument, which every process of the machine could read.
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

int fail(const QByteArray &message)
{
    std::fprintf(stderr, "lunargate: %s\n", message.constData());
    return 1;
}

} // namespace

int changeKey(const KeyCommand &command)
{
    SystemKeychain &keychain = SystemKeychain::instance();
    if (command.action == KeyCommand::Action::Remove) {
        const Result<void> removed = keychain.remove(command.name);
        return removed ? 0 : fail(removed.error().message);
    }
    const SecretString secret = readSecret(command.name);
    if (secret.isEmpty())
        return fail("nothing was given; write the secret to standard input");
    if (const Result<void> written = keychain.write(command.name, secret); !written)
        return fail(written.error().message);
    std::printf("Write ${keychain:%s} in the configuration.\n", command.name.constData());
    return 0;
}

} // namespace lunargate
