// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/json/document.h"
#include "gateway/json/members.h"

#include <QByteArray>

#include <vector>

namespace lunargate::json {

/// An object as text, and where its members stand in it.
struct ObjectText
{
    QByteArray text;
    std::vector<Member> members; ///< the same as membersOf() finds
};

/// Writes `object` without white space, its members in their order. `room`: about how many bytes that takes.
ObjectText objectText(Value object, qsizetype room = 0);

} // namespace lunargate::json
