// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/collector/collected_request.h"

#include <QByteArray>
#include <QByteArrayList>

namespace lunargate {

/// What the collector is told at once of one request (that it starts, or is over), as the events that are sent.
struct WrittenReport
{
    Sharing sharing = {};        ///< what `events` may say
    QByteArrayList events = {};  ///< a JSON object each
    QByteArray measurement = {}; ///< the event without any contents; empty if `events` has none, or nothing else
    bool isRest = false;         ///< it was split off another report, which is the one that counts

    bool operator==(const WrittenReport &) const = default;
};

/// Takes out of `report` what may not leave (any more): it is reduced to its measurement, which may be nothing at all.
void narrow(WrittenReport &report, Sharing allowed);

} // namespace lunargate
