// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/editor/config_archive.h"

#include "gateway/config/data_folder.h"
#include "ui/editor/config_file.h"

#include <QCoreApplication>
#include <QCryptographicHash>
#include <QDir>
#include <QFileInfo>
#include <QTimeZone>

namespace lunargate::ui {

namespace {

using namespace Qt::StringLiterals;

// In names of files, whose order is that of the times.
const QString kTimeFormat = u"yyyy-MM-dd'T'HH-mm-ss.zzz'Z'"_s;
const QString kVersionPrefix = u"version-"_s;
const QString kDraftPrefix = u"draft-"_s;
const QString kSuffix = u".yaml"_s;
const QString kLastGood = u"last-good.yaml"_s;

/// What stands between prefix and suffix.
QString middleOf(const QString &file, const QString &prefix)
{
    return QFileInfo(file).fileName().sliced(prefix.size()).chopped(kSuffix.size());
}

std::optional<QByteArray> textOf(const QString &file)
{
    return readTextFile(file).value_or(std::nullopt);
}

} // namespace

QString ConfigArchive::folderFor(const QString &configFile)
{
    return inDataFolder(u"configuration/"_s + QString::fromLatin1(digestOf(configFile.toUtf8()).first(16)));
}

QByteArray ConfigArchive::digestOf(const QByteArray &text)
{
    return QCryptographicHash::hash(text, QCryptographicHash::Sha256).toHex();
}

std::vector<ConfigArchive::Version> ConfigArchive::versions() const
{
    std::vector<Version> versions;
    const QDir folder(m_folder);
    for (const QString &name :
         folder.entryList({kVersionPrefix + u'*' + kSuffix}, QDir::Files, QDir::Name | QDir::Reversed)) {
        QDateTime until = QDateTime::fromString(middleOf(name, kVersionPrefix), kTimeFormat);
        until.setTimeZone(QTimeZone::UTC);
        if (until.isValid())
            versions.push_back({folder.filePath(name), until});
    }
    return versions;
}

std::expected<QByteArray, QString> ConfigArchive::read(const Version &version)
{
    const auto text = readTextFile(version.file);
    if (!text)
        return std::unexpected(text.error());
    if (!*text)
        return std::unexpected(QCoreApplication::translate("ConfigArchive", "That version is no longer there."));
    return **text;
}

std::expected<void, QString> ConfigArchive::addVersion(const QByteArray &text, const QDateTime &now)
{
    std::vector<Version> known = versions();
    if (!known.empty() && textOf(known.front().file) == text)
        return {};
    // The newest has the last name, however the clock was set.
    QDateTime until = now.toUTC();
    if (!known.empty() && until <= known.front().until)
        until = known.front().until.addMSecs(1);
    const auto written = replacePrivateFile(inFolder(kVersionPrefix + until.toString(kTimeFormat) + kSuffix), text);
    if (!written)
        return written;
    for (size_t i = kMostVersions - 1; i < known.size(); ++i)
        QFile::remove(known[i].file);
    return {};
}

std::optional<QByteArray> ConfigArchive::lastGood() const
{
    return textOf(inFolder(kLastGood));
}

std::expected<void, QString> ConfigArchive::setLastGood(const QByteArray &text)
{
    if (lastGood() == text)
        return {};
    return replacePrivateFile(inFolder(kLastGood), text);
}

QStringList ConfigArchive::draftFiles() const
{
    QStringList files;
    for (const QString &name : QDir(m_folder).entryList({kDraftPrefix + u'*' + kSuffix}, QDir::Files, QDir::Time))
        files.append(inFolder(name));
    return files;
}

std::optional<ConfigArchive::Draft> ConfigArchive::draft() const
{
    const QStringList files = draftFiles();
    if (files.isEmpty())
        return std::nullopt;
    const std::optional<QByteArray> text = textOf(files.constFirst());
    if (!text)
        return std::nullopt;
    return Draft{.text = *text,
                 .base = middleOf(files.constFirst(), kDraftPrefix).toLatin1(),
                 .at = QFileInfo(files.constFirst()).lastModified(QTimeZone::UTC)};
}

std::expected<void, QString> ConfigArchive::setDraft(const QByteArray &text, const QByteArray &base)
{
    const QString file = inFolder(kDraftPrefix + QString::fromLatin1(base) + kSuffix);
    const auto written = replacePrivateFile(file, text);
    if (!written)
        return written;
    for (const QString &other : draftFiles()) {
        if (other != file)
            QFile::remove(other);
    }
    return {};
}

void ConfigArchive::removeDraft()
{
    for (const QString &file : draftFiles())
        QFile::remove(file);
}

} // namespace lunargate::ui
