// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace lunargate {

/// What came of reading the configuration anew.
enum class ReloadResult {
    Applied,   ///< it is running now
    Unchanged, ///< it says what was running already
    Rejected,  ///< it cannot be used; what was running goes on
};

} // namespace lunargate
