// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

#include <expected>

namespace lunargate::ui {

/// The changed text of a file, or why it cannot be changed safely; for people.
using EditResult = std::expected<QByteArray, QString>;

} // namespace lunargate::ui
