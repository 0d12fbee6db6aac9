// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/keys/key_list.h"

#include <QWidget>

#include <functional>

namespace lunargate::ui {

/// Asks whether the key is to go, and says who uses it; `yes` is called if so.
void askToDelete(const KeyRow &key, QWidget *parent, std::function<void()> yes);

} // namespace lunargate::ui
