// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLocalServer>
#include <QLockFile>

#include <memory>

namespace lunargate::ui {

/// Sees to it that a user has one desktop app: whoever starts another one raises the first. GUI thread.
class SingleInstance : public QObject
{
    Q_OBJECT

public:
    /// In `folder`, which only the user may write to; by default the session's own.
    explicit SingleInstance(const QString &folder = {});

    /// Whether this is the first. If not, the first one was asked to raise its window. While one ends or begins it
    /// waits for it, a minute at the most.
    bool claim();
    /// The program is about to end: who comes now waits until it has.
    void retire() { m_server.close(); }

Q_SIGNALS:
    /// Somebody started the program again.
    void raiseRequested();

private:
    bool askToRaise() const;

    const QString m_folder;
    QLockFile m_lock;
    QLocalServer m_server;
};

} // namespace lunargate::ui
