// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/collector/folder_lock.h"

#include <sys/file.h>

namespace lunargate {

bool FolderLock::tryLock(const QString &folder)
{
    m_file.setFileName(folder + QStringLiteral("/lock"));
    if (!m_file.open(QFile::ReadWrite, QFile::ReadOwner | QFile::WriteOwner))
        return false;
    if (flock(m_file.handle(), LOCK_EX | LOCK_NB) == 0)
        return true;
    m_file.close();
    return false;
}

} // namespace lunargate
