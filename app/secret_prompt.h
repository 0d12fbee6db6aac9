// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/security/secret_string.h"

namespace lunargate {

/// A line of standard input; a terminal asks for it and does not show it. Empty if there is none. Never an argument,
/// which every process of the machine could read.
SecretString readSecret(const QByteArray &name);

} // namespace lunargate
