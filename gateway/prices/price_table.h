// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/config_problem.h"
#include "gateway/config/token_prices.h"

#include <QByteArray>
#include <QByteArrayView>

#include <map>
#include <vector>

namespace lunargate {

/// Where a price is from.
struct PriceOrigin
{
    QByteArray date;         ///< since when it is known, YYYY-MM-DD
    QByteArray source;       ///< a page or document by its name
    bool isVerified = false; ///< compared with the page of who asks for it
};

/// What the services ask for, by their type; by model within.
struct PriceTable
{
    std::map<QByteArray, ModelPrices> prices;
    std::map<QByteArray, std::map<QByteArray, PriceOrigin>> origins; ///< of every price
    std::vector<ConfigProblem> problems;                             ///< of the text
};

/// Reads a text like resources/prices.yaml.
PriceTable readPriceTable(QByteArrayView text);

/// That of resources/prices.yaml. Read at the first call; any thread.
const PriceTable &priceTable();

} // namespace lunargate
