// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/requests/filter_edit.h"
#include "ui/shell/settings.h"

#include <QMenu>

namespace lunargate::ui {

/// The menu of filters that the user gave names to.
class SavedFilters : public QMenu
{
    Q_OBJECT

public:
    /// Both outlive it.
    SavedFilters(FilterEdit &edit, Settings &settings, QWidget *parent = nullptr);

    /// Asks for a name for the filter that is typed.
    void askForName();
    void save(const QString &name);
    void remove(const QString &name);

private:
    void fill();

    FilterEdit &m_edit;
    Settings &m_settings;
};

} // namespace lunargate::ui
