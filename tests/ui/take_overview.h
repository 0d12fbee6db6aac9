// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/ui/photographer.h"

namespace lunargate::test {

/// The overview of a busy day, and what it says before there are requests.
void takeOverview(const Photographer &photographer, ui::Theme::Choice theme);

} // namespace lunargate::test
