// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/error.h"

#include <QByteArray>
#include <QByteArrayView>

#include <vector>

namespace lunargate {

/// A name from a client as an error message shows it: in quotes, and never longer than a line.
QByteArray quoted(QByteArrayView name);

/// `names` separated by commas, the first few of many; "none" if there are none.
QByteArray listed(const std::vector<QByteArray> &names);

/// A 400 that blames `param`.
Error invalidRequest(QByteArray reason, QByteArray message, QByteArray param);

} // namespace lunargate
