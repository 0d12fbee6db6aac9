// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QFileSystemWatcher>
#include <QObject>
#include <QStringList>
#include <QTimer>

#include <chrono>
#include <optional>

namespace lunargate {

/// Tells when files may have changed, however that was done: written in place, replaced by rename, deleted and made
/// again, or reached through a symbolic link that leads elsewhere now, as Kubernetes does it. Lives in one thread; it
/// only ever looks.
class ConfigWatcher : public QObject
{
    Q_OBJECT

public:
    /// changed() comes after so long without a change, and in any case so long after the first one.
    struct Delays
    {
        std::chrono::milliseconds quiet{100};
        std::chrono::milliseconds longest{1000};
    };

    ConfigWatcher() : ConfigWatcher(Delays()) {}
    explicit ConfigWatcher(Delays delays);

    /// What to watch from now on; the files need not exist. If they are others than before, changed() follows, since
    /// something may have happened to them meanwhile. Without a file nothing follows.
    void setFiles(const QStringList &files);

Q_SIGNALS:
    /// Something about the files is different, or was meanwhile. They have been left alone for the quiet time now,
    /// unless somebody goes on writing.
    void changed();

private:
    void onFileChanged();
    void onFolderChanged();
    void watchAnew();
    void waitForQuiet();
    QByteArray look() const;

    Delays m_delays;
    QStringList m_files;
    QFileSystemWatcher m_watcher;
    QByteArray m_seen; // what look() saw last
    QTimer m_quiet;
    std::optional<std::chrono::steady_clock::time_point> m_firstChange; // that was not told yet
};

} // namespace lunargate
