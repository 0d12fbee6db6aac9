// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/collector/folder_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace lunargate {

namespace {

constexpr qsizetype kLongestNote = 256;

} // namespace

bool FolderLock::tryLock(const QString &folder)
{
    m_path = QFile::encodeName(folder + QStringLiteral("/lock"));
    const int fd = ::open(m_path.constData(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (fd < 0 || !m_file.open(fd, QFile::ReadWrite | QFile::Unbuffered, QFile::AutoCloseHandle))
        return false;
    if (flock(fd, LOCK_EX | LOCK_NB) == 0 && isInPlace())
        return true;
    m_file.close();
    return false;
}

bool FolderLock::isInPlace() const
{
    struct stat ours = {};
    struct stat found = {};
    return fstat(m_file.handle(), &ours) == 0 && lstat(m_path.constData(), &found) == 0 &&
           ours.st_dev == found.st_dev && ours.st_ino == found.st_ino;
}

QByteArray FolderLock::note()
{
    return m_file.seek(0) ? m_file.read(kLongestNote) : QByteArray();
}

bool FolderLock::setNote(const QByteArray &text)
{
    return m_file.seek(0) && m_file.write(text) == text.size();
}

bool isPrivateFolder(const QString &path)
{
    struct stat folder = {};
    return stat(QFile::encodeName(path).constData(), &folder) == 0 && S_ISDIR(folder.st_mode) &&
           folder.st_uid == geteuid() && (folder.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

} // namespace lunargate
