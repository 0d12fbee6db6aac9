// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDateTime>
#include <QLocale>

namespace lunargate::ui {

/// The local time of day, and where it is another day that one, too.
inline QString timeText(const QDateTime &time)
{
    const QDateTime local = time.toLocalTime();
    const bool isToday = local.date() == QDate::currentDate();
    return QLocale().toString(local, isToday ? QStringLiteral("HH:mm:ss") : QStringLiteral("d MMM HH:mm:ss"));
}

} // namespace lunargate::ui
