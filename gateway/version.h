// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace lunargate {

/// The program's version, for example `0.1.0`.
const char *version();

} // namespace lunargate
