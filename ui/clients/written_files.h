// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QDateTime>
#include <QObject>
#include <QString>

#include <expected>
#include <optional>
#include <vector>

namespace lunargate::ui {

/// A client's configuration file that LunarGate has written into.
struct WrittenFile
{
    QByteArray client;  ///< its id
    QString file;       ///< absolute; never a link, but where it led
    QString backup;     ///< what was in it before the first writing; empty: the file was not there
    QByteArray written; ///< SHA-256 of what LunarGate wrote last, in hexadecimal
    QDateTime at;
};

/// The client configurations that LunarGate has written into, with what was there before it came; a client may have
/// several, as its variables led elsewhere. The list is in a small file, which is written before the client's: it
/// survives a crash. GUI thread; the files are small.
class WrittenFiles : public QObject
{
    Q_OBJECT

public:
    /// Why something was not done, for people.
    using Outcome = std::expected<void, QString>;
    /// What was done, or why nothing was; for people.
    using Restoration = std::expected<QString, QString>;

    /// `stateFile` keeps the list.
    explicit WrittenFiles(QString stateFile);

    const std::vector<WrittenFile> &all() const { return m_files; }
    /// The client's newest, or nullptr.
    const WrittenFile *of(QByteArrayView client) const;

    /// Puts `after` in the place of `before` (nothing: the file is not there) in the file. What LunarGate has not
    /// written itself gets into a backup beside it, which nothing overwrites. Refused if something else is there by
    /// now.
    Outcome write(const QByteArray &client, const QString &path, const std::optional<QByteArray> &before,
                  const QByteArray &after);
    /// Puts back what was there before the first writing, also if the file is gone by now. Refused if somebody changed
    /// it since the last one; done if it is as before already.
    Restoration restore(const WrittenFile &file);
    /// Takes it off the list; the files stay as they are.
    void forget(const WrittenFile &file);

    /// What is in a file now; nothing: it is not there. Fails if it cannot be read, or is larger than a configuration.
    static std::expected<std::optional<QByteArray>, QString> read(const QString &file);

Q_SIGNALS:
    void changed();

private:
    std::vector<WrittenFile>::const_iterator find(QByteArrayView client, const QString &file) const;
    void load();
    bool save();

    QString m_stateFile;
    std::vector<WrittenFile> m_files;
};

} // namespace lunargate::ui
