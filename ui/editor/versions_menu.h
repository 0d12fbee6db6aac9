// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/editor/config_archive.h"

#include <QMenu>

namespace lunargate::ui {

/// Texts that the configuration had before, to choose one.
class VersionsMenu : public QMenu
{
    Q_OBJECT

public:
    /// `archive` outlives it.
    explicit VersionsMenu(const ConfigArchive &archive, QWidget *parent = nullptr);

Q_SIGNALS:
    void chosen(const QByteArray &text);
    /// The one that was chosen cannot be read; why, for the user.
    void failed(const QString &problem);

private:
    void fill();

    const ConfigArchive &m_archive;
};

} // namespace lunargate::ui
