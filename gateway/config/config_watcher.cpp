// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/config_watcher.h"

#include "gateway/config/symlink_chain.h"

#include <QDateTime>
#include <QFileInfo>
#include <QTimeZone>

#include <algorithm>

namespace lunargate {

ConfigWatcher::ConfigWatcher(Delays delays) : m_delays(delays)
{
    m_quiet.setSingleShot(true);
    m_quiet.setTimerType(Qt::PreciseTimer);
    connect(&m_quiet, &QTimer::timeout, this, [this] {
        m_firstChange.reset();
        watchAnew(); // before the files are read, so that no change falls between
        Q_EMIT changed();
    });
    connect(&m_watcher, &QFileSystemWatcher::fileChanged, this, &ConfigWatcher::onFileChanged);
    connect(&m_watcher, &QFileSystemWatcher::directoryChanged, this, &ConfigWatcher::onFolderChanged);
}

void ConfigWatcher::setFiles(const QStringList &files)
{
    if (files == m_files)
        return;
    m_files = files;
    watchAnew();
    m_quiet.stop();
    m_firstChange.reset();
    if (!files.isEmpty())
        waitForQuiet();
}

// A file that was replaced is another one, and links lead elsewhere: what was watched says little about what is to be
// watched now. A few paths, and events are rare.
void ConfigWatcher::watchAnew()
{
    QStringList paths;
    for (const QString &file : std::as_const(m_files)) {
        const FileChain chain = followFile(file);
        paths += chain.folders;
        if (!chain.file.isEmpty())
            paths.append(chain.file);
    }
    paths.removeDuplicates();
    const QStringList old = m_watcher.files() + m_watcher.directories();
    if (!old.isEmpty())
        m_watcher.removePaths(old);
    if (!paths.isEmpty())
        m_watcher.addPaths(paths); // a folder that may not be read is not watched
    m_seen = look();
}

void ConfigWatcher::onFileChanged()
{
    watchAnew();
    waitForQuiet();
}

// Most of what happens in these folders has nothing to do with the files.
void ConfigWatcher::onFolderChanged()
{
    const QByteArray before = m_seen;
    watchAnew();
    if (m_seen != before)
        waitForQuiet();
}

void ConfigWatcher::waitForQuiet()
{
    using namespace std::chrono;
    const auto now = steady_clock::now();
    if (!m_firstChange)
        m_firstChange = now;
    const auto left = duration_cast<milliseconds>(*m_firstChange + m_delays.longest - now);
    m_quiet.start(std::clamp(left, milliseconds(0), m_delays.quiet));
}

/// Which files the paths lead to, and what can be told of them without reading them.
QByteArray ConfigWatcher::look() const
{
    QByteArray seen;
    for (const QString &path : m_files) {
        const QString file = followFile(path).file;
        const QFileInfo info(file);
        seen += file.toUtf8() + '\0';
        if (!file.isEmpty())
            seen += QByteArray::number(info.size()) + ' ' +
                    QByteArray::number(info.lastModified(QTimeZone::UTC).toMSecsSinceEpoch()) + ' ' +
                    QByteArray::number(info.metadataChangeTime(QTimeZone::UTC).toMSecsSinceEpoch()) + '\0';
    }
    return seen;
}

} // namespace lunargate
