// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

namespace lunargate {

/// Why `pattern` is no regular expression in RE2 syntax; empty: it is one.
QByteArray patternProblem(const QByteArray &pattern);

} // namespace lunargate
