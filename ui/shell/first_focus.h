// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

namespace lunargate::ui {

/// Whoever gives the keyboard to `container` gives it to `first`, which is in it; null: nowhere else. Unlike a focus
/// proxy's, the container is no stop of Tab, which would jump from there over all that comes before `first`.
void setFirstFocus(QWidget &container, QWidget *first);

} // namespace lunargate::ui
