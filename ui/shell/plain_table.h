// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTableView>

namespace lunargate::ui {

/// Gives a table the look of all tables here: whole rows, all of one height, no grid.
void setUpPlainTable(QTableView &table, const QString &accessibleName);

} // namespace lunargate::ui
