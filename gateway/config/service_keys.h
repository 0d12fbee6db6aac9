// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/config.h"
#include "gateway/config/section_reader.h"

namespace lunargate {

/// Reads the keys that say how to speak to a service. A preset has them, and a provider of the configuration may have
/// them to say otherwise.
void readServiceKeys(SectionReader &section, ProviderConfig &provider);

/// Reads the map `headers`: what is sent along with every call.
void readHeaders(SectionReader &section, std::map<QByteArray, QByteArray> &headers);

} // namespace lunargate
