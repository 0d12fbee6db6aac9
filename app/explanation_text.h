// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/pipeline/explain.h"

namespace lunargate {

/// An explanation for people, made without a running gateway: what `lunargate explain` prints. `config` is the one that
/// it was made with.
QByteArray explanationText(const Explanation &explanation, const Config &config);

} // namespace lunargate
