// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/history/history_lock.h"

#include <QFile>
#include <QFileInfo>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace lunargate {

namespace {

constexpr int kLongestNumber = 20;

QByteArray readProcessId(int file)
{
    QByteArray text(kLongestNumber, '\0');
    const ssize_t size = ::pread(file, text.data(), size_t(text.size()), 0);
    return text.first(std::max<ssize_t>(size, 0)).trimmed();
}

// Who it is, for the next one; the lock itself needs no content.
void writeProcessId(int file)
{
    const QByteArray id = QByteArray::number(qint64(::getpid())) + '\n';
    [[maybe_unused]] const bool isWritten =
        ::ftruncate(file, 0) == 0 && ::pwrite(file, id.constData(), size_t(id.size()), 0) == id.size();
}

} // namespace

// flock() and not fcntl(): two in one process keep each other away, too, and SQLite does not use it.
HistoryResult<std::unique_ptr<HistoryLock>> HistoryLock::take(const QString &path)
{
    const QString real = QFileInfo(path).canonicalFilePath();
    const QByteArray name = QFile::encodeName(real.isEmpty() ? path : real) + "-lock";
    const int file = ::open(name.constData(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (file < 0)
        return std::unexpected(HistoryProblem{.text = "the file " + name + " cannot be made: " + std::strerror(errno)});
    std::unique_ptr<HistoryLock> lock(new HistoryLock(file));
    if (::flock(file, LOCK_EX | LOCK_NB) != 0)
        return std::unexpected(HistoryProblem{
            .text = errno == EWOULDBLOCK ? "another gateway (process " + readProcessId(file) +
                                               ") keeps its history in it; give this one a history.path of its own"
                                         : "the file " + name + " cannot be locked: " + std::strerror(errno)});
    writeProcessId(file);
    return lock;
}

HistoryLock::~HistoryLock()
{
    ::close(m_file);
}

} // namespace lunargate
