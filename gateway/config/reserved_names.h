// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>

namespace lunargate {

// Names of callers that the gateway itself gives; no key and no token may have them.

/// What the backend's commands are run as.
inline constexpr char kRemoteControlCaller[] = "remote-control";

/// What the desktop app sends again.
inline constexpr char kDesktopCaller[] = "desktop-app";

/// Who shows the admin token.
inline constexpr char kAdminTokenCaller[] = "admin-token";

inline bool isReservedName(QByteArrayView caller)
{
    return caller == kRemoteControlCaller || caller == kDesktopCaller || caller == kAdminTokenCaller;
}

} // namespace lunargate
