// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>

namespace lunargate {

/// Whether `name` can be the name of an HTTP header field (a token of RFC 9110 section 5.6.2).
bool isHeaderName(QByteArrayView name);

} // namespace lunargate
