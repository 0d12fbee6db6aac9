// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/routing/model_id.h"

namespace lunargate {

/// Whether a model of exactly that name stands in the configuration: as a target or a fallback, or as a model of a
/// provider. A plain name may be anybody's.
bool isConfiguredModel(const Config &config, const ModelId &id);

} // namespace lunargate
