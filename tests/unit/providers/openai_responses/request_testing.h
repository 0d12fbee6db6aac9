// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/unit/providers/openai_responses/responses_testing.h"

// What the tests of its requests share.
namespace lunargate::test {

/// What the service gets of a client's body; the error if it gets nothing.
inline QByteArray sent(const QByteArray &body, const ProviderConfig &config = responsesConfig())
{
    return sentBody(OpenAiResponsesProvider(config), withOrigin(body));
}

/// A request of these messages.
inline QByteArray withMessages(const QByteArray &messages, const QByteArray &more = {})
{
    return "{\"messages\":[" + messages + "]" + (more.isEmpty() ? "" : "," + more) + "}";
}

/// A member of what is sent, as JSON; the whole text if it is an error.
inline QByteArray member(const QByteArray &body, QByteArrayView name)
{
    const std::optional<json::Document> document = json::Document::parse(body);
    return document ? json::toText(document->root()[name]) : body;
}

/// A message, and what is sent for it.
inline const QByteArray kUser = R"({"role":"user","content":"hi"})";
inline const QByteArray kSentUser = R"({"type":"message","role":"user","content":[{"type":"input_text","text":"hi"}]})";

} // namespace lunargate::test
