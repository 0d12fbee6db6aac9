// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>

namespace lunargate::gemini {

/// What a candidate's `finishReason` comes down to.
enum class Outcome {
    Stopped,
    Cut,      ///< at the limit of tokens
    Filtered, ///< a filter ended it
    Broken,   ///< the model wrote a function call that makes no sense; another try may do better
};

/// Values that nobody knows yet count as Stopped.
Outcome outcomeOf(QByteArrayView finishReason);

} // namespace lunargate::gemini
