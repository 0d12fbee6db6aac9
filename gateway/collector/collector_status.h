// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtTypes>

namespace lunargate {

/// How the collector fares. Counted are reports: that a request goes to a provider (one event), and that it is over
/// (one or two).
struct CollectorStatus
{
    qint64 queued = 0;   ///< so far, dropped ones and those that were found on the disk included
    qint64 dropped = 0;  ///< of these: as there was no room, or nothing was to leave any more
    qint64 waiting = 0;  ///< likewise: not sent yet
    qint64 sent = 0;     ///< likewise: the collector took them
    qint64 failed = 0;   ///< likewise: it refused them, or they could not be sent before the end
    qint64 attempts = 0; ///< calls to the collector

    qint64 refusedEvents = 0; ///< events that it refused for good
    qint64 spooled = 0;       ///< of those that wait: on the disk
    qint64 spoolBytes = 0;    ///< what is there
};

} // namespace lunargate
