// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/prices/price_list.h"

#include <QByteArray>
#include <QHash>

namespace lunargate {

struct Config;

/// What the providers of one configuration ask for: the user's own prices, and below them those of the table, where the
/// provider is the service that asks for them and not another one that only speaks like it. Immutable; any thread.
class PriceBook
{
public:
    explicit PriceBook(const Config &config);

    /// The price of `model`, as it is called at the provider of that id. Valid as long as this lives.
    Price find(const QByteArray &providerId, const QByteArray &model) const;

private:
    struct Lists
    {
        PriceList own;
        PriceList table;
    };
    QHash<QByteArray, Lists> m_providers;
};

} // namespace lunargate
