// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/config_watcher.h"
#include "ui/editor/config_archive.h"

namespace lunargate::ui {

/// The configuration file while it is being edited: what it said when that began, what it says now, and how it is
/// replaced. What is written is the caller's. GUI thread.
class ConfigDocument : public QObject
{
    Q_OBJECT

public:
    /// What came of applying a text.
    enum class Outcome {
        Applied,
        ChangedOutside, ///< somebody else wrote the file meanwhile; it was left alone
        Failed,         ///< problem() says why; the file is as it was
    };

    /// Of the file at that absolute path, which need not exist: `builtIn` counts without it. `archiveFolder` is for
    /// what is kept of it.
    ConfigDocument(QString path, QByteArray builtIn, QString archiveFolder);

    /// Reads the file, and watches it from now on.
    void open();

    const QString &path() const { return m_path; }
    ConfigArchive &archive() { return m_archive; }
    /// Why the file cannot be read, or could not be written last; for the user. Empty: it can.
    const QString &problem() const { return m_problem; }

    /// What the file said when the text that is edited began; nothing: there was no file.
    const std::optional<QByteArray> &base() const { return m_base; }
    /// What the file says now.
    const std::optional<QByteArray> &onDisk() const { return m_onDisk; }
    bool isChangedOutside() const { return m_onDisk != m_base; }
    /// With what the text began, and what it would begin with now.
    const QByteArray &baseText() const { return m_base ? *m_base : m_builtIn; }
    const QByteArray &diskText() const { return m_onDisk ? *m_onDisk : m_builtIn; }

    /// The text that is edited begins with what the file says now: with it itself, or in spite of it.
    void takeDiskAsBase() { m_base = m_onDisk; }

    /// Puts `text` into the file, and what stood there to the versions.
    Outcome apply(const QByteArray &text) { return apply(text, m_base); }
    /// The same in spite of what somebody else wrote, if the file still says that: `seen`; nothing: there was no file.
    Outcome apply(const QByteArray &text, std::optional<QByteArray> seen);

    /// Keeps `text` as what is not applied yet, or nothing if the file said the same.
    void keepDraft(const QByteArray &text);
    /// What was kept by an earlier program and says something else than the file. It makes its own beginning the base,
    /// so that what happened to the file since is noticed.
    std::optional<ConfigArchive::Draft> takeDraft();

Q_SIGNALS:
    /// The file says something else now, or is gone, or is there.
    void diskChanged();

private:
    void look();

    const QString m_path;
    const QByteArray m_builtIn;
    ConfigArchive m_archive;
    ConfigWatcher m_watcher;
    QString m_problem;
    std::optional<QByteArray> m_base;
    std::optional<QByteArray> m_onDisk;
};

} // namespace lunargate::ui
