// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/token_prices.h"
#include "gateway/prices/cost.h"

#include <QByteArray>
#include <QHash>

#include <utility>
#include <vector>

namespace lunargate {

/// The prices of one provider's models. Immutable; any thread.
class PriceList
{
public:
    PriceList() = default;
    explicit PriceList(const ModelPrices &prices);

    /// Those of `model`, in any case: of the whole name, or else of the longest beginning that fits. Null: none does.
    const TokenRates *find(const QByteArray &model) const;

private:
    QHash<QByteArray, TokenRates> m_models;
    std::vector<std::pair<QByteArray, TokenRates>> m_beginnings; // the longest first
};

} // namespace lunargate
