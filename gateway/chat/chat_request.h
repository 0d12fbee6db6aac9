// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/conversation.h"
#include "gateway/chat/native_request.h"
#include "gateway/error.h"
#include "gateway/json/members.h"

#include <QByteArray>

#include <optional>
#include <vector>

namespace lunargate {

/// A chat call: a body of OpenAI's chat protocol for providers that speak it, and its canonical form for all others.
/// The body is the client's own, or written from what the client said in another protocol (`native`). Movable;
/// `conversation` refers to `document`.
struct ChatRequest
{
    QByteArray body;                   ///< valid JSON, an object; UTF-8
    json::Range object;                ///< the object in `body`
    std::vector<json::Member> members; ///< of the object, by position in `body`
    json::Document document;           ///< `body`, parsed
    Result<Conversation> conversation; ///< filled by the stage normalise(); an error: what cannot be translated
    QByteArray model;                  ///< empty: the route decides
    bool stream = false;
    bool includeUsage = false;                ///< the client asked for the usage chunk of a stream
    std::optional<NativeRequest> native = {}; ///< nothing: the client speaks OpenAI's chat protocol
    /// Members of `body` that OpenAI's protocol does not have: what `native` says more, for providers that know it.
    std::vector<QByteArray> foreignMembers = {};
    std::optional<Error> untranslatable = {}; ///< what `native` says and `body` cannot: only for providers of its kind
    QByteArray onlyProvider = {};             ///< then only this one of them; empty: all
    std::vector<QByteArray> unsaid = {};      ///< what `native` says and `body` leaves out; told unless it is sent

    /// What the client speaks.
    ChatProtocol protocol() const { return native ? native->protocol : ChatProtocol::OpenAiChat; }

    /// Frees what is needed no more once a provider has it all: `body`, `document` and what refers to them.
    void release()
    {
        native.reset();
        conversation = {};
        members = {};
        document = {};
        body = {};
    }
};

} // namespace lunargate
