// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>

namespace lunargate {

/// Whether `name` can be the name of an HTTP header field (a token of RFC 9110 section 5.6.2).
bool isHeaderName(QByteArrayView name);

/// Whether a credential can be sent in a header as it is: printable ASCII characters only, no spaces.
bool isVisibleAscii(QByteArrayView text);

} // namespace lunargate
