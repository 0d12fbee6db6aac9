// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/collector/folder_lock.h"
#include "gateway/collector/spool_file.h"
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

    Spool();

    /// Uses `folder` from now on; empty: none, and nothing is kept. What is in the folder before stays there. What was
    /// written before less was `allowed` says no more than its measurement, now and later.
    void apply(const QByteArray &folder, qint64 maxBytes, Sharing allowed = {});

    bool isWanted() const { return !m_folder.isEmpty(); }
    /// Whether take() has something to give.
    bool hasFiles() const { return !m_files.empty(); }

    /// Keeps these as the newest, and drops the oldest for it if that makes room. Reports that are too large for the
    /// folder are dropped. False: it cannot be written, or nothing more can be dropped.
    bool append(std::span<const WrittenReport> reports);

    /// The oldest file's. It stays until done() or giveBack() tell what came of it. Files that cannot be read are
    /// passed over, damaged ones removed; both are counted as dropped.
    std::optional<Reports> take();
    /// What was taken need not be kept any more.
    void done();
    /// Keeps `rest` as the oldest: what is left of what was taken, or what was never in here. False: it cannot be
    /// written. What has no room any more is dropped. If it cannot be written, what was taken stays as a whole, and
    /// what was sent of it counts as found again.
    bool giveBack(std::span<const WrittenReport> rest);

    /// Drops everything but what is taken. False: something is still there, or another process has the folder.
    bool clear();

    // Any thread. Of reports:
    qint64 found() const { return m_found.load(std::memory_order_relaxed); }     ///< in the folder, not put there
    qint64 waiting() const { return m_waiting.load(std::memory_order_relaxed); } ///< without what is taken
    qint64 dropped() const { return m_dropped.load(std::memory_order_relaxed); }
    /// Of all files, in bytes.
    qint64 bytes() const { return m_bytes.load(std::memory_order_relaxed); }

private:
    bool open(bool makesFolder);
    void find();
    void noteSharing();
    void close();
    void forgetFiles();
    QString pathOf(const SpoolFile &file) const { return m_folder + u'/' + spoolFileName(file); }
    bool write(const SpoolFile &file, const QByteArray &bytes);
    bool remove(const SpoolFile &file);
    bool dropOldest();
    bool makeRoom(qint64 bytes);
    bool fail(QByteArrayView problem, const QByteArray &detail = {});

    QString m_folder;
    qint64 m_maxBytes = 0;
    Sharing m_allowed;
    quint64 m_generation = 0; // of what is written now
    FolderLock m_lock;
    std::deque<SpoolFile> m_files;
    std::optional<SpoolFile> m_taken;
    std::vector<SpoolFile> m_left; // cannot be read or removed
    quint64 m_lowest;              // number ever used
    quint64 m_highest;             // likewise
    bool m_hasFailed = false;      // and that was told
    std::atomic<qint64> m_found = 0;
    std::atomic<qint64> m_waiting = 0;
    std::atomic<qint64> m_dropped = 0;
    std::atomic<qint64> m_bytes = 0;
};

} // namespace lunargate
