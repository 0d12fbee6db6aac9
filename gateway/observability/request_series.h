// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/observability/metric_registry.h"

#include <QByteArray>
#include <QByteArrayView>
#include <QHashFunctions>

#include <cstddef>
#include <unordered_map>

namespace lunargate {

/// What tells requests apart in the metrics, borrowed.
struct SeriesKeyView
{
    QByteArrayView provider, model, route;
    int status = 0;

    bool operator==(const SeriesKeyView &) const = default;
};

/// The same, owned.
struct SeriesKey
{
    QByteArray provider, model, route;
    int status = 0;

    operator SeriesKeyView() const { return {provider, model, route, status}; }
};

struct SeriesKeyHash
{
    using is_transparent = void;
    size_t operator()(const SeriesKeyView &key) const
    {
        return qHashMulti(QHashSeed::globalSeed(), key.provider, key.model, key.route, key.status);
    }
};

struct SeriesKeyEqual
{
    using is_transparent = void;
    bool operator()(const SeriesKeyView &a, const SeriesKeyView &b) const { return a == b; }
};

using SeriesMap = std::unordered_map<SeriesKey, RequestSeries, SeriesKeyHash, SeriesKeyEqual>;

/// Null if there is none. Copies nothing.
inline const RequestSeries *findSeries(const SeriesMap &map, const SeriesKeyView &key)
{
    const auto found = map.find(key);
    return found == map.end() ? nullptr : &found->second;
}

} // namespace lunargate
