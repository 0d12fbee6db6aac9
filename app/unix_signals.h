// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QSocketNotifier>

#include <memory>

namespace lunargate {

/// Turns SIGINT and SIGTERM into a Qt signal; a second one ends the program at once, with the status that shells expect
/// (128 + number). One per program, in the main thread.
class UnixSignals : public QObject
{
    Q_OBJECT

public:
    UnixSignals();
    ~UnixSignals() override;

Q_SIGNALS:
    void endRequested();

private:
    std::unique_ptr<QSocketNotifier> m_notifier;
};

} // namespace lunargate
