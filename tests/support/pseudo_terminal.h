// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <functional>

namespace lunargate::test {

/// A terminal window of the test's own: what a person types, sees and closes.
class PseudoTerminal
{
public:
    PseudoTerminal();
    ~PseudoTerminal();
    PseudoTerminal(const PseudoTerminal &) = delete;
    PseudoTerminal &operator=(const PseudoTerminal &) = delete;

    /// For QProcess::setChildProcessModifier(): makes this the terminal of the process, and its standard input too.
    std::function<void()> opener() const;

    void type(const QByteArray &keys) const;
    /// Whether what is typed is shown.
    bool isEchoing() const;
    /// The window is closed: SIGHUP goes to whoever it was opened for.
    void close();

private:
    int m_window = -1;
    int m_inside = -1; // keeps the settings when the program has ended
};

} // namespace lunargate::test
