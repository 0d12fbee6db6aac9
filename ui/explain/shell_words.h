// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

#include <optional>

namespace lunargate::ui {

/// The words of a command line, as a POSIX shell splits it, without anything being put in or run. Nothing if a quote is
/// not closed.
std::optional<QStringList> shellWords(QStringView command);

} // namespace lunargate::ui
