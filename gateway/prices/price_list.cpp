// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/prices/price_list.h"

#include <algorithm>
#include <functional>

namespace lunargate {

PriceList::PriceList(const ModelPrices &prices)
{
    for (const auto &[pattern, price] : prices) {
        if (pattern.endsWith('*'))
            m_beginnings.emplace_back(pattern.chopped(1), price);
        else
            m_models.emplace(pattern, price);
    }
    std::ranges::stable_sort(m_beginnings, std::greater(),
                             [](const auto &beginning) { return beginning.first.size(); });
}

const TokenRates *PriceList::find(const QByteArray &model) const
{
    const QByteArray name = model.toLower();
    if (const auto whole = m_models.constFind(name); whole != m_models.cend())
        return &*whole;
    const auto longest =
        std::ranges::find_if(m_beginnings, [&name](const auto &beginning) { return name.startsWith(beginning.first); });
    return longest == m_beginnings.end() ? nullptr : &longest->second;
}

} // namespace lunargate
