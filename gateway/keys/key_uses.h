// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/key_use.h"
#include "gateway/error.h"

#include <QString>

#include <vector>

namespace lunargate {

/// The keys that the configuration file `path` refers to, as it is now, be it wrong otherwise. No keychain is asked.
/// None if the file is missing or cannot be read. Any thread.
std::vector<KeyUse> keyUsesOfFile(const QString &path);

/// The origin that a new key of that name is for: that of the providers that use it, or else of the service that is
/// called so. Empty if there is none of either. Fails if the configuration uses it for several.
Result<QByteArray> originForKey(const QByteArray &name, const std::vector<KeyUse> &uses);

} // namespace lunargate
