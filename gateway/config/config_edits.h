// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/yaml_splice.h"

#include <optional>

namespace lunargate {

// The common changes of a configuration's text. They leave all that they do not change byte for byte, and fail as
// spliceEntry() does. What is empty is not written. Whether the result can be used, readConfigText() tells. Any thread.

struct NewProvider
{
    QByteArray id;
    QByteArray type;    ///< not written where it is the id
    QByteArray baseUrl; ///< empty: that of the type
    QByteArray key;     ///< as it is to stand there: `${NAME}` or `${keychain:NAME}`
    QByteArray model;   ///< the default one
};

struct NewTarget
{
    QByteArray provider;
    QByteArray model;          ///< empty: the one that is asked for
    std::optional<int> weight; ///< nothing: 1
};

struct NewRoute
{
    QByteArray name;
    // What requests must have; empty: anything.
    QByteArray path;  ///< how the path begins
    QByteArray model; ///< the one asked for
    QByteArray header;
    QByteArray headerValue;
    std::vector<NewTarget> targets;
    std::vector<NewTarget> fallback;
};

YamlSpliced addProvider(QByteArrayView text, const NewProvider &provider);

/// Before the route that has the index now; an index past the end means the end.
YamlSpliced addRoute(QByteArrayView text, const NewRoute &route, std::size_t index);

/// Of the targets of the route with that index, in their order; nothing: it stays as it is.
YamlSpliced changeWeights(QByteArrayView text, std::size_t route, const std::vector<std::optional<int>> &weights);

} // namespace lunargate
