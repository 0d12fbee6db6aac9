// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <vector>

namespace lunargate {

struct ProviderConfig;

/// The model to ask a provider for when neither client nor target nor configuration names one: its `default_model`,
/// else the one documented for its type; empty if the type has none.
QByteArray defaultModelOf(const ProviderConfig &provider);

/// Models that the provider is known to have without asking it: the vendor's own for `openai` and `anthropic` at the
/// vendor's own address (many others speak these protocols and have other models), the default model for `ollama`.
std::vector<QByteArray> builtInModelsOf(const ProviderConfig &provider);

} // namespace lunargate
