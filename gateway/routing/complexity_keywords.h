// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/routing/keyword_matcher.h"

namespace lunargate {

/// What the words of a request are searched for; the numbers are KeywordMatcher's groups.
enum class KeywordCategory : unsigned { Code, Math, Analysis, Safety };
inline constexpr unsigned kKeywordCategories = 4;

/// The keywords of all categories. They are those of the existing gateway, so that its thresholds and tiers mean the
/// same here: plain parts of words, English only.
const KeywordMatcher &complexityKeywords();

} // namespace lunargate
