// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/requests/request_row.h"

#include <span>

namespace lunargate::ui {

/// A column of the table of requests.
struct RequestColumn
{
    const char *title = "";       ///< to be translated in the context RequestColumn
    const char *explanation = ""; ///< likewise
    int width = 0;                ///< pixels at first
    bool isNumber = false;        ///< right-aligned
    bool isShown = true;          ///< at first
    QString (*text)(const RequestRow &) = nullptr;
    bool (*isLess)(const RequestRow &, const RequestRow &) = nullptr;
};

/// All of them. The first one is the time, which is the order that requests come in.
std::span<const RequestColumn> requestColumns();

inline constexpr int kStatusColumn = 4;

} // namespace lunargate::ui
