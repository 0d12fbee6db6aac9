// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/collector/spool.h"

#include "gateway/collector/batch_in_delivery.h"
#include "gateway/config/data_folder.h"
#include "gateway/observability/logging.h"

#include <QRandomGenerator>

#include <algorithm>
#include <cstdio>
#include <utility>

namespace lunargate {

namespace {

constexpr QFile::Permissions kOwnerOnly = QFile::ReadOwner | QFile::WriteOwner;
/// The first number of an empty folder: what is given back gets smaller ones.
constexpr quint64 kFirstNumber = 1'000'000'000'000;

// What the lock keeps: which generation may be told, and what was allowed last. Always as long.
QByteArray noteOf(quint64 generation, Sharing allowed)
{
    return QByteArray::number(generation, 16).rightJustified(16, '0') + (allowed.prompts ? " prompts " : " -       ") +
           (allowed.responses ? "responses\n" : "-        \n");
}

Sharing sharingIn(const QByteArray &note)
{
    return {.prompts = note.contains(" prompts "), .responses = note.contains(" responses\n")};
}

} // namespace

Spool::Spool() : m_lowest(kFirstNumber), m_highest(kFirstNumber - 1) {}

void Spool::apply(const QByteArray &folder, qint64 maxBytes, Sharing allowed)
{
    m_maxBytes = maxBytes;
    m_allowed = allowed;
    const QString path = folder.isEmpty() ? QString() : QDir(QString::fromUtf8(folder)).absolutePath();
    if (path != m_folder) {
        close();
        m_folder = path;
    }
    if (!open(false))
        return;
    noteSharing();
    makeRoom(0);
}

// What is taken lives on in memory.
void Spool::close()
{
    done();
    if (m_waiting > 0)
        logEvent(collectorLog(), LogLevel::Info, "events stay in a folder that data_sharing.spool_path named before",
                 {{"folder", m_folder.toUtf8()}, {"reports", m_waiting.load()}});
    forgetFiles();
    m_hasFailed = false;
}

void Spool::forgetFiles()
{
    m_dropped += m_waiting.exchange(0);
    m_bytes = m_taken ? m_taken->bytes : 0;
    m_files.clear();
    m_left.clear();
    m_lock.unlock();
}

bool Spool::open(bool makesFolder)
{
    if (m_lock.isLocked() && m_lock.isInPlace())
        return true;
    if (m_lock.isLocked())
        forgetFiles(); // somebody removed the folder, or gave it to another process
    const QDir folder(m_folder);
    if (!isWanted() || (!makesFolder && !folder.exists()))
        return false;
    if (!makeFolderOf(folder.filePath(QStringLiteral("lock"))))
        return fail("it cannot be made");
    if (!isPrivateFolder(m_folder))
        return fail("it belongs to another user, or others may write to it");
    if (!m_lock.tryLock(m_folder))
        return fail("another process uses it, or it cannot be written to");
    noteSharing();
    find();
    makeRoom(0);
    return true;
}

// A generation ends when less is allowed than before, also if that was before this start. Where nobody knows what was
// allowed before, another one begins.
void Spool::noteSharing()
{
    const QByteArray before = m_lock.note();
    const Sharing allowedBefore = sharingIn(before);
    bool isKnown = false;
    m_generation = before.first(std::min<qsizetype>(before.size(), 16)).toULongLong(&isKnown, 16);
    if (!isKnown || (allowedBefore & m_allowed) != allowedBefore)
        m_generation = QRandomGenerator::system()->generate64();
    const QByteArray note = noteOf(m_generation, m_allowed);
    if (note != before && !m_lock.setNote(note))
        fail("the file `lock` cannot be written");
}

void Spool::find()
{
    for (const QFileInfo &info : QDir(m_folder).entryInfoList(QDir::Files | QDir::NoSymLinks, QDir::Name)) {
        if (unfinishedSpoolFileNamed(info.fileName()))
            QFile::remove(info.filePath());
        std::optional<SpoolFile> file = spoolFileNamed(info.fileName());
        if (!file || (m_taken && m_taken->number == file->number))
            continue;
        file->bytes = info.size();
        m_lowest = std::min(m_lowest, file->number);
        m_highest = std::max(m_highest, file->number);
        m_files.push_back(*file);
        m_found += file->reports;
        m_waiting += file->reports;
        m_bytes += file->bytes;
    }
}

bool Spool::append(std::span<const WrittenReport> reports)
{
    if (!open(true))
        return false;
    const QByteArray bytes = spoolFileBytes(m_generation, reports);
    if (bytes.size() > m_maxBytes) {
        m_dropped += countOf(reports);
        return true;
    }
    const SpoolFile file{.number = m_highest + 1, .reports = countOf(reports), .bytes = bytes.size()};
    if (!makeRoom(file.bytes))
        return false;
    ++m_highest; // also if that name turns out to be taken
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
        const SpoolFile file = m_files.front();
        m_files.pop_front();
        m_waiting -= file.reports;
        std::expected<SpoolContents, SpoolFileProblem> contents = readSpoolFile(pathOf(file), m_maxBytes);
        if (contents && !contents->reports.empty()) {
            m_taken = file;
            for (WrittenReport &report : contents->reports)
                narrow(report, contents->generation == m_generation ? report.sharing : Sharing());
            return std::move(contents->reports);
        }
        m_dropped += file.reports;
        const bool isDamaged = contents || contents.error() == SpoolFileProblem::Damaged;
        fail(isDamaged ? "a file in it is damaged and was removed"
                       : "a file in it cannot be read, or is of another version");
        if ((!isDamaged && QFile::exists(pathOf(file))) || !remove(file))
            m_left.push_back(file);
    }
    return std::nullopt;
}

void Spool::done()
{
    if (const std::optional<SpoolFile> file = std::exchange(m_taken, {}); file && !remove(*file))
        m_left.push_back(*file);
}

bool Spool::giveBack(std::span<const WrittenReport> rest)
{
    if (rest.empty()) {
        done();
        return true;
    }
    if (!open(true))
        return false;
    const QByteArray bytes = spoolFileBytes(m_generation, rest);
    const SpoolFile file{.number = --m_lowest, .reports = countOf(rest), .bytes = bytes.size()};
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
    m_found += m_taken->reports - file.reports;
    m_files.push_front(*std::exchange(m_taken, {}));
    return true;
}

bool Spool::clear()
{
    if (!open(false))
        return m_folder.isEmpty() || !QDir(m_folder).exists();
    while (!m_files.empty() && dropOldest()) {
    }
    std::erase_if(m_left, [this](const SpoolFile &file) { return remove(file); });
    return m_files.empty() && m_left.empty();
}

// Drops the oldest as far as that helps; false: it does not.
bool Spool::makeRoom(qint64 bytes)
{
    qint64 lasting = m_taken ? m_taken->bytes : 0;
    for (const SpoolFile &file : m_left)
        lasting += file.bytes;
    if (lasting + bytes > m_maxBytes)
        return false;
    while (m_bytes + bytes > m_maxBytes) {
        if (m_files.empty() || !dropOldest())
            return false;
    }
    return true;
}

bool Spool::dropOldest()
{
    const SpoolFile file = m_files.front();
    if (!remove(file))
        return false;
    m_files.pop_front();
    m_waiting -= file.reports;
    m_dropped += file.reports;
    return true;
}

bool Spool::remove(const SpoolFile &file)
{
    if (QFile stored(pathOf(file)); !stored.remove() && stored.exists())
        return fail("a file in it cannot be removed, so that its events may be sent again after a restart");
    m_bytes -= file.bytes;
    return true;
}

// Under its name it is whole: what comes first is written under another one. Neither follows a link.
bool Spool::write(const SpoolFile &file, const QByteArray &bytes)
{
    QFile unfinished(m_folder + u'/' + unfinishedSpoolFileName(file));
    unfinished.remove();
    const bool isWritten = unfinished.open(QFile::WriteOnly | QFile::NewOnly | QFile::Unbuffered, kOwnerOnly) &&
                           unfinished.write(bytes) == bytes.size();
    unfinished.close();
    if (!isWritten || std::rename(QFile::encodeName(unfinished.fileName()).constData(),
                                  QFile::encodeName(pathOf(file)).constData()) != 0) {
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
