// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/colours.h"

#include <QString>

namespace lunargate::ui {

/// The look of widgets in these colours. Widgets are told apart by their class or their object name.
QString styleSheet(const Colours &colours);

} // namespace lunargate::ui
