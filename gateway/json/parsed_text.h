// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/json/document.h"
#include "gateway/json/members.h"

#include <QByteArrayView>

#include <optional>
#include <vector>

// What a parsed document says about its text, so that nobody walks through a large text a second time. Any thread.
namespace lunargate::json {

/// Whether arrays and objects are nested deeper than `limit` anywhere in `root`, which must be a document's root.
bool isDeeperThan(Value root, int limit);

/// The same as membersOf(text, range), found by where the parser has left the keys. `root` is the object at `range`,
/// and the root of the document that `text` was parsed into. Nothing if the keys do not say it: one of them has
/// escapes, or the parser keeps them otherwise than is known here.
std::optional<std::vector<Member>> parsedMembers(QByteArrayView text, Range range, Value root);

/// The same by whichever way there is.
std::vector<Member> membersOf(QByteArrayView text, Range range, Value root);

} // namespace lunargate::json
