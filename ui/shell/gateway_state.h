// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/icons.h"

#include <QString>
#include <QStringList>

namespace lunargate::ui {

/// How the gateway fares, at one glance.
enum class Condition {
    Starting,
    Running,
    Degraded, ///< it answers, but a circuit is open or the files hold a configuration that was refused
    Paused,
    Error,    ///< it does not answer: the configuration cannot be used, the port is taken …
    Stopping, ///< running requests may finish
};

/// Everything that tray and status bar tell.
struct GatewayState
{
    Condition condition = Condition::Starting;
    QString address;           ///< `http://127.0.0.1:8080`; empty before it answers
    QStringList reasons;       ///< why it is degraded or does not answer; for people
    qint64 activeRequests = 0; ///< model calls that run now

    bool operator==(const GatewayState &) const = default;
};

/// One or two words, translated.
QString conditionText(Condition condition);
/// `conditionText`, and how many requests run.
QString summary(const GatewayState &state);
Glyph conditionGlyph(Condition condition);
Tone conditionTone(Condition condition);

/// The program's sign with the state on it, for tray and window. It can be told apart without colours and on panels of
/// any colour.
QIcon stateIcon(Condition condition);

} // namespace lunargate::ui
