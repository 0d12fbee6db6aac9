// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/config.h"

namespace lunargate {

/// Every setting as it is in effect, as JSON in the form of the file, defaults included and credentials masked.
QByteArray configJson(const Config &config);

/// Configurations that say the same have the same fingerprint, wherever it stands in the file; any other setting or
/// credential gives another one. To be compared, not to be shown.
QByteArray fingerprint(const Config &config);
/// The same for one provider.
QByteArray fingerprint(const ProviderConfig &provider);

} // namespace lunargate
