// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

#include <vector>

namespace lunargate {
struct Config;
}

namespace lunargate::ui {

/// Where a request can be sent to.
struct ReplayTarget
{
    QString text;     ///< for people
    QByteArray route; ///< as in ReplayTerms
    QByteArray model; ///< likewise
};

/// Where it went before, then the routes of that configuration, then the models that they have.
std::vector<ReplayTarget> replayTargets(const Config &config);

} // namespace lunargate::ui
