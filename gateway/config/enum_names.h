// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/config.h"

#include <span>

namespace lunargate {

/// A word of the configuration that stands for a number or an enumerator.
struct NamedValue
{
    const char *name = nullptr;
    int value = 0;
    bool isAlias = false; ///< understood, but not proposed
};

// One overload for each enumeration of config.h; the argument only selects it. The first name of a value is the one to
// show.
std::span<const NamedValue> namesOf(TransportKind);
std::span<const NamedValue> namesOf(TimeoutMode);
std::span<const NamedValue> namesOf(ModelsMode);
std::span<const NamedValue> namesOf(Protocol);
std::span<const NamedValue> namesOf(KeyScheme);
std::span<const NamedValue> namesOf(MaxTokensField);
std::span<const NamedValue> namesOf(ReasoningField);
std::span<const NamedValue> namesOf(ReasoningHistory);
std::span<const NamedValue> namesOf(Strategy);
std::span<const NamedValue> namesOf(LogLevel);
std::span<const NamedValue> namesOf(LogFormat);
std::span<const NamedValue> namesOf(HistoryCapture);
std::span<const NamedValue> namesOf(GenAiNames);
std::span<const NamedValue> namesOf(AuthProvider);
std::span<const NamedValue> namesOf(CacheScope);
std::span<const NamedValue> namesOf(BreakerScope);
std::span<const NamedValue> namesOf(LastTargetPolicy);

} // namespace lunargate
