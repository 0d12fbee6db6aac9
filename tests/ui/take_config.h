// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/ui/photographer.h"

namespace lunargate::test {

/// The page of the configuration: with findings, with completions, and the difference before it is applied.
void takeConfig(const Photographer &photographer, ui::Theme::Choice theme);

} // namespace lunargate::test
