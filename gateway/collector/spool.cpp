// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/collector/spool.h"

#include "gateway/collector/batch_in_delivery.h"
#include "gateway/collector/spool_file.h"
#include "gateway/observability/logging.h"

#include <utility>

namespace lunargate {

namespace {

constexpr QFile::Permissions kOwnerOnly = QFile::ReadOwner | QFile::WriteOwner;
/// The first number of an empty folder: what is given back gets smaller ones.
constexpr quint64 kFirstNumber = 1'000'000'000'000;

const QString &suffix()
{
    static const QString text = QStringLiteral(".events");
    return text;
}

const QString &unfinishedSuffix()
{
    static const QString text = QStringLiteral(".part");
    return text;
}

} // namespace

void Spool::apply(const QByteArray &folder, qint64 maxBytes)
{
    m_maxBytes = maxBytes;
    const QString path = folder.isEmpty() ? QString() : QDir(QString::fromUtf8(folder)).absolutePath();
    if (path == m_folder)
        return;
    close();
    m_folder = path;
    open(false);
}

// What is taken lives on in memory.
void Spool::close()
{
    done();
    if (m_waiting > 0)
        logEvent(collectorLog(), LogLevel::Info, "events stay in a folder that data_sharing.spool_path named before",
                 {{"folder", m_folder.toUtf8()}, {"reports", m_waiting.load()}});
    m_dropped += m_waiting.exchange(0);
    m_bytes = 0;
    m_files.clear();
    m_lock.unlock();
    m_hasFailed = false;
}

bool Spool::open(bool makesFolder)
{
    if (m_lock.isLocked())
        return true;
    const QDir folder(m_folder);
    if (!isWanted() || (!makesFolder && !folder.exists()))
        return false;
    if (!folder.exists()) {
        if (!QDir().mkpath(m_folder))
            return fail("it cannot be made");
        QFile::setPermissions(m_folder, kOwnerOnly | QFile::ExeOwner);
    }
    if (!m_lock.tryLock(m_folder))
        return fail("another process uses it, or it cannot be written to");
    find();
    return true;
}

void Spool::find()
{
    const QDir folder(m_folder);
    for (const QString &name : folder.entryList({u'*' + unfinishedSuffix()}, QDir::Files))
        QFile::remove(folder.filePath(name));
    for (const QFileInfo &info : folder.entryInfoList({u'*' + suffix()}, QDir::Files, QDir::Name)) {
        const QStringList parts = info.completeBaseName().split(u'-');
        const File file{
            .number = parts.value(0).toULongLong(), .reports = parts.value(1).toLongLong(), .bytes = info.size()};
        if (info.filePath() != pathOf(file))
            continue; // somebody else's
        m_files.push_back(file);
        m_found += file.reports;
        m_waiting += file.reports;
        m_bytes += file.bytes;
    }
}

QString Spool::pathOf(const File &file) const
{
    return QStringLiteral("%1/%2-%3").arg(m_folder).arg(file.number, 20, 10, QChar(u'0')).arg(file.reports) + suffix();
}

bool Spool::append(std::span<const WrittenReport> reports)
{
    if (!open(true))
        return false;
    const QByteArray bytes = spoolFileBytes(reports);
    while (m_bytes + bytes.size() > m_maxBytes && !m_files.empty())
        dropOldest();
    const std::optional<File> newest = m_files.empty() ? m_taken : m_files.back();
    const File file{
        .number = newest ? newest->number + 1 : kFirstNumber, .reports = countOf(reports), .bytes = bytes.size()};
    if (m_bytes + file.bytes > m_maxBytes) {
        m_dropped += file.reports;
        return true;
    }
    if (!write(file, bytes))
        return false;
    m_files.push_back(file);
    return true;
}

std::optional<Spool::Reports> Spool::take()
{
    if (!open(false))
        return std::nullopt;
    while (!m_files.empty()) {
        const File file = m_files.front();
        m_files.pop_front();
        m_waiting -= file.reports;
        m_taken = file;
        QFile stored(pathOf(file));
        const bool isOpen = stored.open(QFile::ReadOnly);
        std::optional<Reports> reports = isOpen ? readSpoolFile(stored.readAll()) : std::nullopt;
        if (reports && !reports->empty())
            return reports;
        m_dropped += file.reports;
        fail(isOpen ? "a file in it is damaged and was removed" : "a file in it cannot be read");
        if (isOpen)
            done();
        else
            m_bytes -= std::exchange(m_taken, {})->bytes;
    }
    return std::nullopt;
}

void Spool::done()
{
    if (m_taken)
        remove(*std::exchange(m_taken, {}));
}

bool Spool::giveBack(std::span<const WrittenReport> rest)
{
    if (rest.empty()) {
        done();
        return true;
    }
    if (!open(true))
        return false;
    const QByteArray bytes = spoolFileBytes(rest);
    const std::optional<File> oldest = m_taken           ? m_taken
                                       : m_files.empty() ? std::nullopt
                                                         : std::optional(m_files.front());
    const File file{
        .number = oldest ? oldest->number - 1 : kFirstNumber, .reports = countOf(rest), .bytes = bytes.size()};
    const qint64 others = m_bytes - (m_taken ? m_taken->bytes : 0);
    if (others + file.bytes > m_maxBytes) {
        m_dropped += file.reports;
        done();
        return true;
    }
    if (write(file, bytes)) {
        done();
        m_files.push_front(file);
        return true;
    }
    if (!m_taken)
        return false;
    m_waiting += m_taken->reports; // rather twice than never
    m_files.push_front(*std::exchange(m_taken, {}));
    return true;
}

void Spool::clear()
{
    while (!m_files.empty())
        dropOldest();
}

void Spool::dropOldest()
{
    const File file = m_files.front();
    m_files.pop_front();
    m_waiting -= file.reports;
    m_dropped += file.reports;
    remove(file);
}

void Spool::remove(const File &file)
{
    m_bytes -= file.bytes;
    if (QFile stored(pathOf(file)); !stored.remove() && stored.exists())
        fail("a file in it cannot be removed, so that its events may be sent again after a restart");
}

// Under its name it is whole: what comes first is written under another one.
bool Spool::write(const File &file, const QByteArray &bytes)
{
    const QString path = pathOf(file);
    QFile unfinished(path + unfinishedSuffix());
    const bool isWritten = unfinished.open(QFile::WriteOnly | QFile::Truncate | QFile::Unbuffered, kOwnerOnly) &&
                           unfinished.write(bytes) == bytes.size();
    unfinished.close();
    if (!isWritten || !unfinished.rename(path)) {
        fail("events cannot be written to it", unfinished.errorString().toUtf8());
        unfinished.remove();
        return false;
    }
    m_waiting += file.reports;
    m_bytes += file.bytes;
    if (std::exchange(m_hasFailed, false))
        logEvent(collectorLog(), LogLevel::Info, "the folder of data_sharing.spool_path can be used again");
    return true;
}

bool Spool::fail(QByteArrayView problem, const QByteArray &detail)
{
    if (!std::exchange(m_hasFailed, true))
        logEvent(collectorLog(), LogLevel::Warning, "the folder of data_sharing.spool_path keeps less than it should",
                 {{"folder", m_folder.toUtf8()}, {"problem", problem}, {"detail", detail}});
    return false;
}

} // namespace lunargate
