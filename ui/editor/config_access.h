// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/editor/config_check.h"

namespace lunargate::ui {

/// What the program tells the editor of how it reads its configuration.
struct ConfigAccess
{
    QString file;            ///< absolute; the configuration, or where it would be
    QByteArray builtIn = {}; ///< what runs without that file; empty: nothing does
    CheckConfig check;       ///< calls the configuration `file`
    QString archive = {};    ///< the folder for what is kept of the file; empty: one in the user's data folder
};

} // namespace lunargate::ui
