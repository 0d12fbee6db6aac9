// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/command_line.h"

namespace lunargate {

/// `lunargate keys …`: 0 if the keychain did it, else 1. Needs a QCoreApplication.
int manageKeys(const KeysCommand &command);

} // namespace lunargate
