// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/pipeline/explain.h"

namespace lunargate {

/// What POST /admin/v1/explain answers and `lunargate explain --json` prints; docs/routing.md describes it. `config` is
/// the one that the explanation was made with.
QByteArray explanationJson(const Explanation &explanation, const Config &config);

/// `round-robin`: as the configuration calls it.
const char *strategyName(Strategy strategy);

} // namespace lunargate
