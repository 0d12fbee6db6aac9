// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/providers/gemini/gemini_provider.h"
#include "tests/unit/providers/protocol_testing.h"

// What the tests of the Gemini protocol share.
namespace lunargate::test {

inline ProviderConfig geminiConfig()
{
    ProviderConfig config;
    config.id = "google";
    config.type = "gemini";
    config.baseUrl = "https://gemini.test/v1beta";
    config.protocol = Protocol::Gemini;
    config.auth = {.scheme = KeyScheme::Header, .header = "x-goog-api-key"};
    config.apiKey = SecretString("AIza-canary-0123456789");
    return config;
}

/// What is sent for a body that has, beside `members`, one message of the user; without that message.
inline QByteArray sentBeside(const QByteArray &members, const QByteArray &model = "gemini-2.5-flash",
                             const ProviderConfig &config = geminiConfig())
{
    const QByteArray sent =
        sentBody(GeminiProvider(config), R"({"messages":[{"role":"user","content":"x"}])" + members + '}', model);
    const QByteArray message = R"("contents":[{"role":"user","parts":[{"text":"x"}]}])";
    return sent.startsWith('{' + message) ? '{' + sent.sliced(message.size() + 1) : sent;
}

/// The call for a plain request, whole or as a stream.
inline std::unique_ptr<ProviderCall> geminiCall(const GeminiProvider &provider, const QByteArray &members = {})
{
    PreparedCall call =
        callFor(provider, R"({"messages":[{"role":"user","content":"x"}])" + members + '}', "gemini-3-flash-preview");
    if (!call)
        qFatal("%s", call.error().message.constData());
    return *std::move(call);
}

/// `responses` as an event stream.
inline QByteArray eventStream(const QByteArrayList &responses)
{
    QByteArray stream;
    for (const QByteArray &response : responses)
        stream += "data: " + response + "\r\n\r\n";
    return stream;
}

} // namespace lunargate::test
