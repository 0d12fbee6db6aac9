// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/environment.h"

#include <QByteArray>
#include <QString>

#include <vector>

namespace lunargate::ui {

/// A provider that can be used, since something of it was found on this machine.
struct FoundProvider
{
    QByteArray id;
    QByteArray type;
    QByteArray keyVariable = {}; ///< holds its key; empty: it needs none
    QByteArray baseUrl = {};     ///< of a server on this machine; empty: the service's own
    QByteArray model = {};       ///< to be asked for by default; empty: the service's own default
    qsizetype modelCount = 0;    ///< of a server on this machine

    /// A server without models answers nothing yet.
    bool isUsable() const { return baseUrl.isEmpty() || modelCount > 0; }

    bool operator==(const FoundProvider &) const = default;
};

/// `openai`, and what was found of it.
QString describe(const FoundProvider &provider);

/// The known services whose key is in the environment. Nobody is asked whether the keys work.
std::vector<FoundProvider> providersWithKeys(const Environment &environment);

} // namespace lunargate::ui
