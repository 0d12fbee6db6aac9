// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <vector>

namespace lunargate {

/// A key that the configuration may have.
struct KnownKey
{
    QByteArray path;         ///< for example providers.<id>.timeout or routing.routes[].name
    QByteArray type;         ///< for example duration, or the allowed words
    QByteArray defaultValue; ///< as it would be written; empty: none
};

/// Every key, in the order of the sections, as the reader itself knows them.
std::vector<KnownKey> knownConfigKeys();

} // namespace lunargate
