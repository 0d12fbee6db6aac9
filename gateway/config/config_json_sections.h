// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/config.h"
#include "gateway/config/config_json_writer.h"

namespace lunargate {

// The counterparts of sections.h, one function a section; each writes the keys of its own map.

void writeProvider(ConfigJsonWriter &json, const ProviderConfig &provider);
void writeRouting(ConfigJsonWriter &json, const RoutingConfig &routing);
void writeModelSelection(ConfigJsonWriter &json, const ModelSelectionConfig &selection);
void writeSecurity(ConfigJsonWriter &json, const SecurityConfig &security);

/// The map `timeouts` of a provider, a route or a target.
void writeTimeouts(ConfigJsonWriter &json, const TimeoutsConfig &timeouts);

} // namespace lunargate
