// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/conversation.h"
#include "gateway/error.h"
#include "gateway/json/members.h"

#include <QByteArray>

#include <vector>

namespace lunargate {

/// A chat call: the client's own bytes, for providers that speak the client's dialect, and their canonical form, for
/// all others. Movable; `conversation` refers to `document`.
struct ChatRequest
{
    QByteArray body;                   ///< valid JSON, an object; UTF-8
    json::Range object;                ///< the object in `body`
    std::vector<json::Member> members; ///< of the object, by position in `body`
    json::Document document;           ///< `body`, parsed
    Result<Conversation> conversation; ///< filled by the stage normalise(); an error: what cannot be translated
    QByteArray model;                  ///< empty: the route decides
    bool stream = false;
    bool includeUsage = false; ///< the client asked for the usage chunk of a stream

    /// Frees what is needed no more once a provider has it all: `body`, `document` and what refers to them.
    void release()
    {
        conversation = {};
        members = {};
        document = {};
        body = {};
    }
};

} // namespace lunargate
