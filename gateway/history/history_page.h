// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/history/history_filter.h"
#include "gateway/history/history_record.h"

#include <optional>
#include <vector>

namespace lunargate {

inline constexpr int kLargestHistoryPage = 200;

/// Which part of the records that a filter lets through is wanted.
struct HistoryQuery
{
    HistoryFilter filter = {};
    std::optional<qint64> before = {}; ///< only those whose position is smaller; HistoryPage::next gives it
    int limit = 50;                    ///< at most kLargestHistoryPage are given
};

/// Records, newest first, without their bodies.
struct HistoryPage
{
    std::vector<HistoryRecord> records;
    /// Where to go on; empty: there are no older ones. A page can have fewer records than asked for, or none, and still
    /// go on: looking through very many takes more than one.
    std::optional<qint64> next;
};

} // namespace lunargate
