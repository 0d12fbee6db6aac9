// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/config.h"

namespace lunargate {

/// What `target` of `route` wants otherwise than its provider: the target's own wishes, then the route's time limits.
TargetOverrides effectiveOverrides(const RouteConfig &route, const TargetConfig &target);

/// The provider as such a target wants it. Of the time limits `overrides` win, then the provider's `timeouts` stay as
/// they are; sampling values and the limit of tokens replace the provider's defaults, so the client's own still win;
/// headers are added, or replace those of the same name.
ProviderConfig withOverrides(ProviderConfig provider, const TargetOverrides &overrides);

} // namespace lunargate
