// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace lunargate::ui {

/// The filter of the history for records whose text `field` is `value`: `provider:openai`, `provider:"my own"`.
QString equalsFilter(const QString &field, const QString &value);

} // namespace lunargate::ui
