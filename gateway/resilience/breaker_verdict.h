// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/config.h"
#include "gateway/error.h"

namespace lunargate {

/// What the end of a call says about the provider.
enum class BreakerVerdict {
    Success,
    Failure,
    Neutral,  ///< nothing: somebody else is to blame, or nobody knows
    CoolDown, ///< it is well but wants fewer calls
};

/// Who is to blame for a call that ended with `error`. Only the provider's own faults are a Failure, as far as
/// `counted` has them: a client's mistake, a key or a model that is not taken, a client that left and our own refusals
/// say nothing about the provider, and 429 only asks for a pause. Never Success.
BreakerVerdict breakerVerdict(const Error &error, const CountedErrors &counted);

} // namespace lunargate
