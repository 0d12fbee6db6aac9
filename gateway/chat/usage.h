// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtTypes>

namespace lunargate {

/// The tokens of one call as the provider counted them. A provider that tells nothing has no Usage at all.
struct Usage
{
    qint64 promptTokens = 0;
    qint64 completionTokens = 0;
    qint64 totalTokens = 0;
    qint64 cachedTokens = 0;    ///< the part of promptTokens that came from the provider's prompt cache
    qint64 reasoningTokens = 0; ///< the part of completionTokens that was spent on thinking

    bool operator==(const Usage &) const = default;
};

} // namespace lunargate
