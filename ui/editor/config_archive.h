// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QDateTime>
#include <QString>

#include <expected>
#include <optional>
#include <vector>

namespace lunargate::ui {

/// What is kept of one configuration file in the user's data folder: texts that it had before, the last one that the
/// gateway ran with, and what is being written. Keys may stand in all of them: only the owner can read them, and they
/// are nowhere else. Errors are sentences for the user.
class ConfigArchive
{
public:
    static constexpr qsizetype kMostVersions = 10;

    /// A text that stood in the file.
    struct Version
    {
        QString file;
        QDateTime until; ///< when another one took its place; UTC
    };
    /// What was written and not applied.
    struct Draft
    {
        QByteArray text;
        QByteArray base; ///< digestOf() the text that it began with
        QDateTime at;    ///< when it was kept; UTC
    };

    /// For the file at that absolute path, in the user's data folder.
    static QString folderFor(const QString &configFile);
    explicit ConfigArchive(QString folder) : m_folder(std::move(folder)) {}

    /// SHA-256, in hexadecimal.
    static QByteArray digestOf(const QByteArray &text);

    /// The newest first.
    std::vector<Version> versions() const;
    static std::expected<QByteArray, QString> read(const Version &version);
    /// Keeps a text that is about to be replaced, unless the newest version is the same; the oldest goes.
    std::expected<void, QString> addVersion(const QByteArray &text, const QDateTime &now);

    /// Nothing: the gateway has never run with this file.
    std::optional<QByteArray> lastGood() const;
    std::expected<void, QString> setLastGood(const QByteArray &text);

    std::optional<Draft> draft() const;
    std::expected<void, QString> setDraft(const QByteArray &text, const QByteArray &base);
    void removeDraft();

private:
    QString inFolder(const QString &name) const { return m_folder + u'/' + name; }
    QStringList draftFiles() const;

    QString m_folder;
};

} // namespace lunargate::ui
