// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>

namespace lunargate {

/// Scheme, host and port of an http or https address, such as `https://api.openai.com` or `http://127.0.0.1:11434`:
/// lower case, without the scheme's own port. Empty if it is no such address.
QByteArray originOf(QByteArrayView address);

} // namespace lunargate
