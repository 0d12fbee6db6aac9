// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/json/members.h"

#include <QByteArray>

#include <vector>

namespace lunargate {

/// A chat call: the client's own bytes, and the few members the gateway decides by.
struct ChatRequest
{
    QByteArray body;                   ///< valid JSON, an object; UTF-8
    json::Range object;                ///< the object in `body`
    std::vector<json::Member> members; ///< of the object, by position in `body`
    QByteArray model;                  ///< empty: the route decides
    bool stream = false;
    bool includeUsage = false; ///< the client asked for the usage chunk of a stream
};

} // namespace lunargate
