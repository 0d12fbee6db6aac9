// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/json/document.h"

#include <utility>
#include <vector>

namespace lunargate::simulator {

/// The elements of an array; none for anything else.
std::vector<json::Value> elements(json::Value array);

/// Names and values of an object's members, in order; none for anything else.
std::vector<std::pair<QByteArrayView, json::Value>> members(json::Value object);

} // namespace lunargate::simulator
