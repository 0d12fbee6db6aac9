// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/config.h"

#include <vector>

namespace lunargate::ui {

/// Whom a key may be for.
struct KeyService
{
    QByteArray name; ///< what a key of it would be called
    QByteArray origin;
};

/// The configured providers, then the known services that are not among them; all have an address.
std::vector<KeyService> keyServices(const std::vector<ProviderConfig> &providers);

} // namespace lunargate::ui
