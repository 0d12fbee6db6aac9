// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/editor/config_document.h"

#include "ui/editor/config_file.h"

#include <utility>

namespace lunargate::ui {

ConfigDocument::ConfigDocument(QString path, QByteArray builtIn, QString archiveFolder)
    : m_path(std::move(path)), m_builtIn(std::move(builtIn)), m_archive(std::move(archiveFolder))
{
    connect(&m_watcher, &ConfigWatcher::changed, this, &ConfigDocument::look);
}

void ConfigDocument::open()
{
    m_watcher.setFiles({m_path}); // before it is read, so that no change falls between
    look();
    m_base = m_onDisk;
}

void ConfigDocument::look()
{
    const auto text = readTextFile(m_path);
    const QString problem = text ? QString() : text.error();
    const bool isNews = std::exchange(m_problem, problem) != problem || (text && *text != m_onDisk);
    if (text)
        m_onDisk = *text;
    if (isNews)
        Q_EMIT diskChanged();
}

// A copy: who hears of a change may make it the base.
// NOLINTNEXTLINE(performance-unnecessary-value-param)
ConfigDocument::Outcome ConfigDocument::apply(const QByteArray &text, std::optional<QByteArray> seen)
{
    look();
    if (!m_problem.isEmpty())
        return Outcome::Failed;
    if (m_onDisk != seen)
        return Outcome::ChangedOutside;
    const auto kept =
        m_onDisk ? m_archive.addVersion(*m_onDisk, QDateTime::currentDateTimeUtc()) : std::expected<void, QString>();
    const auto written = kept ? replaceTextFile(m_path, text) : kept;
    m_problem = written ? QString() : written.error();
    if (!written)
        return Outcome::Failed;
    m_base = m_onDisk = text;
    m_archive.removeDraft();
    return Outcome::Applied;
}

void ConfigDocument::keepDraft(const QByteArray &text)
{
    if (text == baseText())
        m_archive.removeDraft();
    else if (const auto kept = m_archive.setDraft(text, ConfigArchive::digestOf(baseText())); !kept)
        m_problem = kept.error();
}

std::optional<ConfigArchive::Draft> ConfigDocument::takeDraft()
{
    std::optional<ConfigArchive::Draft> draft = m_archive.draft();
    if (!draft)
        return std::nullopt;
    if (draft->text == diskText()) {
        m_archive.removeDraft();
        return std::nullopt;
    }
    if (draft->base == ConfigArchive::digestOf(diskText()))
        return draft;
    // The text that it began with may be among the versions; if not, any other one tells that the file has changed.
    m_base = QByteArray();
    for (const ConfigArchive::Version &version : m_archive.versions()) {
        const auto text = ConfigArchive::read(version);
        if (text && ConfigArchive::digestOf(*text) == draft->base)
            m_base = *text;
    }
    return draft;
}

} // namespace lunargate::ui
