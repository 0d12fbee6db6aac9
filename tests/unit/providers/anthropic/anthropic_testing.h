// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/json/writer.h"
#include "gateway/providers/anthropic/anthropic_provider.h"
#include "tests/unit/providers/protocol_testing.h"

// What the tests of Anthropic's protocol share.
namespace lunargate::test {

inline ProviderConfig anthropicConfig()
{
    ProviderConfig config;
    config.id = "claude";
    config.type = "anthropic";
    config.baseUrl = "https://api.anthropic.com";
    config.protocol = Protocol::Anthropic;
    config.auth = {.scheme = KeyScheme::Header, .header = "x-api-key"};
    config.apiKey = SecretString(QByteArrayLiteral("sk-ant-canary-0123456789"));
    return config;
}

// Old enough to take everything but adaptive thinking, and new enough for structured outputs.
inline constexpr auto kModel = "claude-sonnet-4-5";

/// The body that is sent for an OpenAI client's members besides `messages`, or what says sentBody().
inline QByteArray sentFor(const QByteArray &members, const QByteArray &model = kModel,
                          const ProviderConfig &config = anthropicConfig())
{
    const QByteArray messages = R"({"messages":[{"role":"user","content":"Hi"}])";
    return sentBody(AnthropicProvider(config), messages + (members.isEmpty() ? "" : ",") + members + '}', model);
}

/// The value of a member of JSON text, as text; the whole text if it is no JSON.
inline QByteArray memberOf(const QByteArray &body, QByteArrayView name)
{
    const std::optional<json::Document> document = json::Document::parse(body);
    return document ? json::toText(document->root()[name]) : body;
}

/// `messages` as they are sent for the client's, or what says sentBody().
inline QByteArray sentMessages(const QByteArray &messages, const QByteArray &model = kModel)
{
    return memberOf(sentBody(AnthropicProvider(anthropicConfig()), "{\"messages\":[" + messages + "]}", model),
                    "messages");
}

/// What is listed as left out, joined by spaces; the error's message if there is no call.
inline QByteArray droppedFor(const QByteArray &body, const QByteArray &model = kModel)
{
    const AnthropicProvider provider(anthropicConfig());
    const PreparedCall call = callFor(provider, body, model);
    return call ? (*call)->droppedParams.empty()
                      ? QByteArray()
                      : QByteArrayList((*call)->droppedParams.begin(), (*call)->droppedParams.end()).join(' ')
                : call.error().message;
}

/// A call for a request with two tools, one of whose names Anthropic does not take.
inline std::unique_ptr<ProviderCall> callWithTools(const AnthropicProvider &provider, bool isStream)
{
    PreparedCall call = callFor(provider,
                                R"({"messages":[{"role":"user","content":"Hi"}],"tools":[)"
                                R"({"type":"function","function":{"name":"get.time"}},)"
                                R"({"type":"function","function":{"name":"now"}}])" +
                                    QByteArray(isStream ? R"(,"stream":true})" : "}"),
                                kModel);
    if (!call)
        qFatal("%s", call.error().message.constData());
    return *std::move(call);
}

} // namespace lunargate::test
