// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <map>
#include <optional>

namespace lunargate {

/// What the tokens of a model cost, in US dollars per million.
struct TokenPrices
{
    double input = 0;
    std::optional<double> cachedInput = {};    ///< read from the prompt cache; empty: as `input`
    std::optional<double> cacheWrite = {};     ///< written to the prompt cache; empty: as `input`
    std::optional<double> cacheWriteHour = {}; ///< likewise, to stay for an hour; empty: as `cacheWrite`
    double output = 0;
    std::optional<double> reasoning = {}; ///< written while thinking; empty: as `output`

    bool operator==(const TokenPrices &) const = default;
};

/// By the name of a model, or its beginning and `*`; lower case.
using ModelPrices = std::map<QByteArray, TokenPrices>;

} // namespace lunargate
