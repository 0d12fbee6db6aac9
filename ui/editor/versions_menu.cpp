// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/editor/versions_menu.h"

#include "ui/editor/time_text.h"
#include "ui/theme/icons.h"

namespace lunargate::ui {

VersionsMenu::VersionsMenu(const ConfigArchive &archive, QWidget *parent) : QMenu(parent), m_archive(archive)
{
    connect(this, &QMenu::aboutToShow, this, &VersionsMenu::fill);
}

void VersionsMenu::fill()
{
    clear();
    for (const ConfigArchive::Version &version : m_archive.versions()) {
        addAction(ui::icon(Glyph::Refresh), tr("Until %1").arg(timeText(version.until)), this, [this, version] {
            if (const auto text = ConfigArchive::read(version))
                Q_EMIT chosen(*text);
            else
                Q_EMIT failed(text.error());
        });
    }
    if (isEmpty())
        addAction(tr("Nothing was applied yet"))->setEnabled(false);
    if (const std::optional<QByteArray> good = m_archive.lastGood()) {
        addSeparator();
        addAction(ui::icon(Glyph::Check, Tone::Ok), tr("Last good one"), this, [this, good] { Q_EMIT chosen(*good); });
    }
}

} // namespace lunargate::ui
