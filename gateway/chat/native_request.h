// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/http/header_list.h"
#include "gateway/json/document.h"
#include "gateway/json/members.h"

#include <QByteArray>

#include <optional>
#include <vector>

namespace lunargate {

/// What a client and a provider can both speak.
enum class ChatProtocol {
    OpenAiChat,        ///< POST /v1/chat/completions
    OpenAiResponses,   ///< POST /v1/responses
    AnthropicMessages, ///< POST /v1/messages
    Ollama,            ///< POST /api/chat and /api/generate
};

/// A model call in the client's own words, where these are not OpenAI's chat protocol: for providers that speak them
/// too, which get these bytes but for what the configuration changes. Movable; the values refer to `document`.
struct NativeRequest
{
    /// The same call for the provider that keeps what the client refers to: in the client's own bytes, while `body` has
    /// in it what was referred to, for all others.
    struct Continuation
    {
        QByteArray providerId;
        QByteArray body;
        json::Range object;
        std::vector<json::Member> members;
    };

    ChatProtocol protocol = ChatProtocol::OpenAiResponses;
    QByteArray path = {};              ///< of the client's endpoint, where the protocol has several for model calls
    QByteArray body;                   ///< valid JSON, an object; UTF-8
    json::Range object;                ///< the object in `body`
    std::vector<json::Member> members; ///< of the object, by position in `body`
    json::Document document;           ///< `body`, parsed
    HeaderList headers;                ///< of the client, as far as such a provider is to get them
    QByteArray query;                  ///< of the client's address, likewise, without the question mark
    std::optional<Continuation> continuation = {};
};

} // namespace lunargate
