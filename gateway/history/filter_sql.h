// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/history/history_filter.h"

#include <QString>
#include <QVariant>

namespace lunargate {

/// A condition for the table `requests`, with a `?` for each value; without those on the time, see rangeOf().
struct FilterSql
{
    QString condition; ///< empty: none
    QVariantList values;
};

FilterSql filterSql(const HistoryFilter &filter);

} // namespace lunargate
