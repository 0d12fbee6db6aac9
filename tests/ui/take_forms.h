// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/ui/photographer.h"

namespace lunargate::test {

/// The forms of the configuration, and the explanation of a request.
void takeForms(const Photographer &photographer);

} // namespace lunargate::test
