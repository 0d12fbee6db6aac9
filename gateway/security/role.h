// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace lunargate {

/// Who may call an endpoint.
enum class Role {
    Public,    ///< anybody who reaches the port
    Inference, ///< whoever may use models
    Admin,     ///< whoever may see and change how the gateway works
};

} // namespace lunargate
