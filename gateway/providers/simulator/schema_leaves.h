// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/json/document.h"

#include <QByteArray>
#include <QByteArrayView>

#include <vector>

namespace lunargate::simulator {

/// A schema together with everything that allOf, anyOf, oneOf and $ref bring along.
using Facets = std::vector<json::Value>;

/// The first facet's value of `keyword`.
json::Value find(const Facets &facets, QByteArrayView keyword);

/// Where a value stands: what it is called, how deep, and the how-manieth of its array it is.
struct Place
{
    QByteArrayView name;
    int depth = 0;
    int variant = 0;
};

/// A number within the schema's bounds, as JSON: 1 where it fits; different ones for different variants.
QByteArray numberFor(const Facets &facets, const Place &place, bool isInteger);

/// A text of the schema's format or length, as plain UTF-8; different ones for different variants.
QByteArray stringFor(const Facets &facets, const Place &place);

} // namespace lunargate::simulator
