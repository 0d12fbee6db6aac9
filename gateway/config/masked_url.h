// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

namespace lunargate {

/// `scheme://user:password@host/path?name=value` -> `scheme://***@host/path?name=***`
QByteArray maskedUrl(const QByteArray &url);

} // namespace lunargate
