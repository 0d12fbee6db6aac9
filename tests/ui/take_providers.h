// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/ui/photographer.h"

namespace lunargate::test {

/// Pictures of the providers' page, with one circuit a provider and with one a model.
void takeProviders(const Photographer &photographer, ui::Theme::Choice theme);

} // namespace lunargate::test
