// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/ui/photographer.h"

namespace lunargate::test {

/// The clients' page with what is written into a file, and the steps of the wizard.
void takeClients(const Photographer &photographer, ui::Theme::Choice theme);

} // namespace lunargate::test
