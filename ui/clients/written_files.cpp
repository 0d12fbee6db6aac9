// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/clients/written_files.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QLocale>
#include <QSaveFile>
#include <QSettings>

#include <algorithm>
#include <ranges>
#include <utility>

namespace lunargate::ui {

namespace {

using namespace Qt::StringLiterals;

constexpr qint64 kLargestFile = qint64(4) * 1024 * 1024;

QByteArray digestOf(const QByteArray &text)
{
    return QCryptographicHash::hash(text, QCryptographicHash::Sha256).toHex();
}

/// Replaces it whole, by rename; what a link leads to, not the link. A new file is for its owner alone.
WrittenFiles::Outcome replaceFile(const QString &path, const QByteArray &text)
{
    const bool isNew = !QFile::exists(path);
    QSaveFile file(path);
    const bool isWritten = QDir().mkpath(QFileInfo(path).absolutePath()) && file.open(QIODevice::WriteOnly) &&
                           (!isNew || file.setPermissions(QFile::ReadOwner | QFile::WriteOwner)) &&
                           file.write(text) == text.size() && file.commit();
    if (isWritten)
        return {};
    return std::unexpected(WrittenFiles::tr("The file %1 cannot be written: %2").arg(path, file.errorString()));
}

/// Where links lead in the end, whether something is there or not.
QString targetOf(QString path)
{
    constexpr int kMaxLinks = 40; // as many as Linux follows (path_resolution(7))
    for (int link = 0; link < kMaxLinks && QFileInfo(path).isSymLink(); ++link) {
        const QFileInfo entry(path);
        path = QDir::cleanPath(QDir(entry.dir().canonicalPath()).filePath(entry.readSymLink()));
    }
    return path;
}

/// A name beside `file` that nothing has.
QString backupName(const QString &file)
{
    QString name = file + u".lunargate-backup"_s;
    for (int number = 2; QFile::exists(name); ++number)
        name = file + u".lunargate-backup-%1"_s.arg(number);
    return name;
}

} // namespace

WrittenFiles::WrittenFiles(QString stateFile) : m_stateFile(std::move(stateFile))
{
    load();
}

const WrittenFile *WrittenFiles::of(QByteArrayView client) const
{
    const auto newestFirst = m_files | std::views::reverse;
    const auto found = std::ranges::find(newestFirst, client, &WrittenFile::client);
    return found == newestFirst.end() ? nullptr : &*found;
}

std::vector<WrittenFile>::const_iterator WrittenFiles::find(QByteArrayView client, const QString &file) const
{
    return std::ranges::find_if(m_files,
                                [&](const WrittenFile &one) { return one.client == client && one.file == file; });
}

std::expected<std::optional<QByteArray>, QString> WrittenFiles::read(const QString &file)
{
    QFile device(file);
    if (!device.exists())
        return std::nullopt;
    if (device.size() > kLargestFile)
        return std::unexpected(tr("The file %1 is too large for a configuration").arg(file));
    if (!device.open(QIODevice::ReadOnly))
        return std::unexpected(tr("The file %1 cannot be read: %2").arg(file, device.errorString()));
    return device.readAll();
}

WrittenFiles::Outcome WrittenFiles::write(const QByteArray &client, const QString &path,
                                          const std::optional<QByteArray> &before, const QByteArray &after)
{
    const QString file = targetOf(path);
    const auto now = read(file);
    if (!now)
        return std::unexpected(now.error());
    if (*now != before)
        return std::unexpected(tr("The file %1 was changed meanwhile. Nothing was written.").arg(file));
    const auto known = find(client, file);
    QString backup;
    if (before && (known == m_files.end() || digestOf(*before) != known->written)) {
        backup = backupName(file);
        if (!QFile::copy(file, backup))
            return std::unexpected(tr("The backup %1 cannot be written. The file was left as it is.").arg(backup));
    }
    if (known != m_files.end())
        backup = known->backup; // what was there before LunarGate came; the one just made is for the user
    const std::vector<WrittenFile> earlier = m_files;
    if (known != m_files.end())
        m_files.erase(known);
    m_files.push_back({.client = client,
                       .file = file,
                       .backup = backup,
                       .written = digestOf(after),
                       .at = QDateTime::currentDateTimeUtc()});
    Outcome outcome = std::unexpected(tr("The file %1 cannot be written").arg(m_stateFile));
    if (save())
        outcome = replaceFile(file, after);
    if (!outcome) {
        m_files = earlier;
        save();
    }
    Q_EMIT changed();
    return outcome;
}

WrittenFiles::Restoration WrittenFiles::restore(const WrittenFile &file)
{
    const auto known = find(file.client, file.file);
    if (known == m_files.end())
        return tr("LunarGate has not changed it.");
    const WrittenFile entry = *known;
    const auto now = read(entry.file);
    if (!now)
        return std::unexpected(now.error());
    const auto before =
        entry.backup.isEmpty() ? std::expected<std::optional<QByteArray>, QString>() : read(entry.backup);
    if (!before)
        return std::unexpected(before.error());
    if (!entry.backup.isEmpty() && !*before)
        return std::unexpected(tr("The backup %1 is gone").arg(entry.backup));
    const bool isDone = *now == *before;
    if (!isDone && *now && digestOf(**now) != entry.written)
        return std::unexpected(
            tr("%1 was changed after LunarGate wrote it on %2. It is left as it is, so that nothing of yours is lost. ")
                .arg(entry.file, QLocale().toString(entry.at.toLocalTime(), QLocale::ShortFormat)) +
            (entry.backup.isEmpty() ? tr("There was no such file before.")
                                    : tr("What was there before is in %1.").arg(entry.backup)));
    if (!isDone) {
        if (const Outcome outcome = *before ? replaceFile(entry.file, **before) : Outcome(); !outcome)
            return std::unexpected(outcome.error());
        if (!*before && !QFile::remove(targetOf(entry.file)))
            return std::unexpected(tr("The file %1 cannot be removed").arg(entry.file));
    }
    forget(entry);
    if (!entry.backup.isEmpty())
        QFile::remove(entry.backup); // it is in its place again
    if (*now)
        return tr("It is as it was before.");
    return *before ? tr("The file was gone. It is there again, as it was before LunarGate wrote it.")
                   : tr("The file is gone already. There was none before LunarGate wrote it.");
}

void WrittenFiles::forget(const WrittenFile &file)
{
    if (const auto known = find(file.client, file.file); known != m_files.end())
        m_files.erase(known);
    save(); // if it fails, an entry too many does no harm
    Q_EMIT changed();
}

void WrittenFiles::load()
{
    QSettings state(m_stateFile, QSettings::IniFormat);
    const int count = state.beginReadArray(u"written"_s);
    for (int i = 0; i < count; ++i) {
        state.setArrayIndex(i);
        m_files.push_back({.client = state.value(u"client"_s).toByteArray(),
                           .file = state.value(u"file"_s).toString(),
                           .backup = state.value(u"backup"_s).toString(),
                           .written = state.value(u"sha256"_s).toByteArray(),
                           .at = state.value(u"at"_s).toDateTime()});
    }
}

bool WrittenFiles::save()
{
    QDir().mkpath(QFileInfo(m_stateFile).absolutePath());
    QSettings state(m_stateFile, QSettings::IniFormat);
    state.clear();
    state.beginWriteArray(u"written"_s, static_cast<int>(m_files.size()));
    for (int i = 0; const WrittenFile &one : m_files) {
        state.setArrayIndex(i++);
        state.setValue(u"client"_s, one.client);
        state.setValue(u"file"_s, one.file);
        state.setValue(u"backup"_s, one.backup);
        state.setValue(u"sha256"_s, one.written);
        state.setValue(u"at"_s, one.at);
    }
    state.endArray();
    state.sync();
    return state.status() == QSettings::NoError;
}

} // namespace lunargate::ui
