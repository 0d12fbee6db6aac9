// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

namespace lunargate {

/// `data` in the format of RFC 1952.
QByteArray gzipped(const QByteArray &data);

} // namespace lunargate
