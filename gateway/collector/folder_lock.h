// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFile>
#include <QString>

namespace lunargate {

/// Keeps a folder for one process at a time. The system gives it up when that ends, whichever way; a file with a
/// process id (QLockFile) would shut out a container for good, where every process is number 1.
class FolderLock
{
public:
    /// False: another process has the folder, or it cannot be written to. Makes a file named `lock` in it.
    bool tryLock(const QString &folder);
    void unlock() { m_file.close(); }
    bool isLocked() const { return m_file.isOpen(); }

private:
    QFile m_file;
};

} // namespace lunargate
