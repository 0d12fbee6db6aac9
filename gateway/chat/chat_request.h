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

/// A chat call in OpenAI's chat protocol, and its canonical form for providers that speak another one. It is the
/// client's own body, or made of what the client said in another protocol (`native`): then there is no text of it, but
/// for who asks for it (writeBody()). Movable; `conversation` refers to `document`, and that to `native->document` and
/// `borrowed`.
struct ChatRequest
{
    QByteArray body;                   ///< valid JSON, an object; UTF-8. Empty: not written yet
    json::Range object;                ///< the object in `body`
    std::vector<json::Member> members; ///< of the object, by position in `body`
    json::Document document;           ///< what `body` says
    Result<Conversation> conversation; ///< filled by the stage normalise(); an error: what cannot be translated
    QByteArray model;                  ///< empty: the route decides
    bool stream = false;
    bool includeUsage = false;                ///< the client asked for the usage chunk of a stream
    std::optional<NativeRequest> native = {}; ///< nothing: the client speaks OpenAI's chat protocol
    /// Members of `document` that OpenAI's protocol does not have: what `native` says more, for providers that know it.
    std::vector<QByteArray> foreignMembers = {};
    std::optional<Error> untranslatable = {};  ///< what `native` says and chat cannot: only for providers of its kind
    QByteArray onlyProvider = {};              ///< then only this one of them; empty: all
    std::vector<QByteArray> unsaid = {};       ///< what `native` says and chat does not; told unless it is sent
    std::vector<json::Document> borrowed = {}; ///< what `document` refers to beside `native`

    /// What the client speaks.
    ChatProtocol protocol() const { return native ? native->protocol : ChatProtocol::OpenAiChat; }

    /// Writes `body` of `document`, and where its members are, unless it is there.
    void writeBody();

    /// Frees what is needed no more once a provider has it all: `body`, `document` and what refers to them.
    void release()
    {
        conversation = {};
        members = {};
        document = {};
        borrowed.clear();
        native.reset();
        body = {};
    }
};

} // namespace lunargate
