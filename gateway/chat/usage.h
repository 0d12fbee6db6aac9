// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtTypes>

#include <optional>

namespace lunargate {

/// The tokens of one call, in parts that do not overlap: their sum is everything that was read and written. A provider
/// that tells nothing has no Usage at all, unless the gateway estimated it (`isEstimated`).
struct Usage
{
    qint64 input = 0;                ///< read afresh
    qint64 cachedInput = 0;          ///< read from the provider's prompt cache
    qint64 cacheWrite = 0;           ///< read, and written to the prompt cache
    qint64 cacheWriteHour = 0;       ///< likewise, to stay there for an hour, where that has a price of its own
    qint64 output = 0;               ///< written for the client to see
    qint64 reasoning = 0;            ///< written while thinking
    std::optional<double> cost = {}; ///< US dollars, where the provider says what it charges
    bool isEstimated = false;        ///< counted by the gateway, because the answer ended before the provider did

    qint64 cacheWrites() const { return cacheWrite + cacheWriteHour; }
    qint64 promptTokens() const { return input + cachedInput + cacheWrites(); }
    qint64 completionTokens() const { return output + reasoning; }
    qint64 totalTokens() const { return promptTokens() + completionTokens(); }

    bool operator==(const Usage &) const = default;
};

} // namespace lunargate
