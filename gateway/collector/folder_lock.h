// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFile>
#include <QString>

namespace lunargate {

/// Keeps a folder for one process at a time, by a file named `lock` in it. The system gives it up when that ends,
/// whichever way; a file with a process id (QLockFile) would shut out a container for good, where every process is
/// number 1.
class FolderLock
{
public:
    /// False: another process has the folder, or it cannot be written to.
    bool tryLock(const QString &folder);
    void unlock() { m_file.close(); }
    bool isLocked() const { return m_file.isOpen(); }
    /// Whether the file is still where others look for it: nobody removed it, or its folder.
    bool isInPlace() const;

    /// A short text that the file keeps. Replace it only by one that is as long.
    QByteArray note();
    bool setNote(const QByteArray &text);

private:
    QByteArray m_path;
    QFile m_file;
};

/// Whether it is a folder of this user's that nobody else may write to.
bool isPrivateFolder(const QString &path);

} // namespace lunargate
