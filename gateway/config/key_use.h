// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

namespace lunargate {

/// A place of the configuration that takes a key from the keychain.
struct KeyUse
{
    QByteArray name;     ///< that of the key
    QByteArray path;     ///< for example providers.openai.api_key
    QByteArray provider; ///< whose credential it is; empty: it is none of a provider's
    QByteArray address;  ///< that it is sent to; empty: none

    bool operator==(const KeyUse &) const = default;
};

} // namespace lunargate
