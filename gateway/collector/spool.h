// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/collector/folder_lock.h"
#include "gateway/collector/written_report.h"

#include <QDir>

#include <atomic>
#include <deque>
#include <optional>
#include <span>
#include <vector>

namespace lunargate {

/// Reports that wait on the disk until the collector takes them, also over a restart: files of a batch each in a
/// folder that one process has at a time. Calls last as long as the disk takes; what fails is told in the log. One
/// thread, but for the counters.
class Spool
{
public:
    using Reports = std::vector<WrittenReport>;

    /// Uses `folder` from now on; empty: none, and nothing is kept. What is in the folder before stays there.
    void apply(const QByteArray &folder, qint64 maxBytes);

    bool isWanted() const { return !m_folder.isEmpty(); }
    /// Whether take() has something to give.
    bool hasFiles() const { return !m_files.empty(); }

    /// Keeps these as the newest. What is more than the folder may take is dropped, the oldest first. False: it cannot
    /// be written.
    bool append(std::span<const WrittenReport> reports);

    /// The oldest file's. It stays until done() or giveBack() tell what came of it. Files that cannot be read are
    /// dropped.
    std::optional<Reports> take();
    /// What was taken need not be kept any more.
    void done();
    /// Keeps `rest` as the oldest: what is left of what was taken, or what was never in here. False: it cannot be
    /// written. What has no room any more is dropped.
    bool giveBack(std::span<const WrittenReport> rest);

    /// Drops everything but what is taken.
    void clear();

    // Any thread. Of reports:
    qint64 found() const { return m_found.load(std::memory_order_relaxed); }     ///< from an earlier run
    qint64 waiting() const { return m_waiting.load(std::memory_order_relaxed); } ///< without what is taken
    qint64 dropped() const { return m_dropped.load(std::memory_order_relaxed); }
    /// Of all files, in bytes.
    qint64 bytes() const { return m_bytes.load(std::memory_order_relaxed); }

private:
    struct File
    {
        quint64 number = 0; // the oldest has the smallest
        qint64 reports = 0;
        qint64 bytes = 0;
    };

    bool open(bool makesFolder);
    void find();
    void close();
    QString pathOf(const File &file) const;
    bool write(const File &file, const QByteArray &bytes);
    void remove(const File &file);
    void dropOldest();
    bool fail(QByteArrayView problem, const QByteArray &detail = {});

    QString m_folder;
    qint64 m_maxBytes = 0;
    FolderLock m_lock;
    std::deque<File> m_files;
    std::optional<File> m_taken;
    bool m_hasFailed = false; // and that was told
    std::atomic<qint64> m_found = 0;
    std::atomic<qint64> m_waiting = 0;
    std::atomic<qint64> m_dropped = 0;
    std::atomic<qint64> m_bytes = 0;
};

} // namespace lunargate
