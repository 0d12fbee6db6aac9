// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>

#include <chrono>
#include <optional>

namespace lunargate {

/// Reads an HTTP date in any of the three forms of RFC 9110 section 5.6.7; nothing if it is none of them. The two-digit
/// years of the RFC 850 form are taken as the past when they would lie more than 50 years after `now`.
std::optional<std::chrono::sys_seconds> parseHttpDate(QByteArrayView text, std::chrono::sys_seconds now);

} // namespace lunargate
