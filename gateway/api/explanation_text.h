// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/pipeline/explain.h"

namespace lunargate {

/// An explanation for people, as `lunargate explain` prints it. `config` is the one that it was made with.
QByteArray explanationText(const Explanation &explanation, const Config &config);

} // namespace lunargate
