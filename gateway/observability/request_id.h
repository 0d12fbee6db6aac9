// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

namespace lunargate {

/// A random UUID (RFC 9562, version 4) that nobody can guess, as text without braces. Any thread.
QByteArray newRequestId();

} // namespace lunargate
