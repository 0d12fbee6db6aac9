// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QSocketNotifier>

#include <memory>

namespace lunargate {

/// Turns SIGINT, SIGTERM and SIGHUP into Qt signals. A second SIGINT or SIGTERM ends the program at once, with the
/// status that shells expect (128 + number). SIGHUP asks for a reload, but for an end when it says that the terminal
/// was closed from which the program was started; under nohup, which has it ignored at the start, it never does. One
/// per program, in the main thread.
class UnixSignals : public QObject
{
    Q_OBJECT

public:
    UnixSignals();
    ~UnixSignals() override;

Q_SIGNALS:
    void endRequested();
    void reloadRequested();

private:
    void readPipe();

    bool m_endsWithTerminal = false;
    std::unique_ptr<QSocketNotifier> m_notifier;
};

} // namespace lunargate
