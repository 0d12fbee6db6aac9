// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/ui/photographer.h"
#include "tests/ui/test_desktop.h"

namespace lunargate::test {

/// The page of keys, the dialog for a new one, and what is said of a locked keychain.
void takeKeys(TestDesktop &test, const Photographer &photographer);

} // namespace lunargate::test
