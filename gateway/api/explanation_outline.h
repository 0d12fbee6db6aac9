// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/pipeline/explain.h"

namespace lunargate {

/// What a row of an explanation means for the request.
enum class OutlineMark {
    None,       ///< it is a fact
    Chosen,     ///< the request goes this way
    Possible,   ///< it may go this way
    PassedOver, ///< it does not
    Refused,    ///< here it ends
};

struct OutlineRow
{
    QByteArray name;
    QByteArray detail = {};
    OutlineMark mark = OutlineMark::None;
};

struct OutlineSection
{
    QByteArray heading;
    OutlineMark mark = OutlineMark::None;
    std::vector<OutlineRow> rows = {};
};

/// An explanation for people, in the order in which things are decided. `config` is the one that it was made with.
std::vector<OutlineSection> explanationOutline(const Explanation &explanation, const Config &config);

} // namespace lunargate
