// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>

namespace lunargate {

// Names of callers that the gateway itself gives; no key and no token may have them.

/// What the backend's commands are run as.
inline constexpr char kRemoteControlCaller[] = "remote-control";

/// Who shows the admin token.
inline constexpr char kAdminTokenCaller[] = "admin-token";

inline bool isReservedName(QByteArrayView caller)
{
    return caller == kRemoteControlCaller || caller == kAdminTokenCaller;
}

} // namespace lunargate
