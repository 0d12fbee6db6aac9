// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api/time_text.h"

#include <QDateTime>
#include <QTimeZone>

namespace lunargate {

QByteArray timeText(std::chrono::system_clock::time_point time)
{
    const auto since = std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch());
    return QDateTime::fromMSecsSinceEpoch(since.count(), QTimeZone::UTC).toString(Qt::ISODateWithMs).toLatin1();
}

} // namespace lunargate
