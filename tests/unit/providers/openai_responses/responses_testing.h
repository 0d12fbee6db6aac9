// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/json/writer.h"
#include "gateway/providers/openai_responses/openai_responses_provider.h"
#include "gateway/providers/openai_responses/thought_id.h"
#include "tests/unit/providers/protocol_testing.h"

// What the tests of this protocol share.
namespace lunargate::test {

inline ProviderConfig responsesConfig()
{
    ProviderConfig config;
    config.id = "openai";
    config.type = "openai";
    config.baseUrl = "https://api.openai.com/v1";
    config.apiKey = SecretString("sk-canary-0123456789");
    return config;
}

/// What the names of its thoughts begin with: see thought_id.h.
inline QByteArray thoughtOrigin()
{
    return openai_responses::thoughtOrigin(responsesConfig());
}

/// `text` with that at every `@`.
inline QByteArray withOrigin(QByteArray text)
{
    return text.replace('@', thoughtOrigin());
}

/// A call with nothing special about it.
inline std::unique_ptr<ProviderCall> anyCall(const Provider &provider)
{
    PreparedCall call = callFor(provider, R"({"stream":true,"messages":[{"role":"user","content":"hi"}]})");
    if (!call)
        qFatal("%s", call.error().message.constData());
    return *std::move(call);
}

/// Events as the service frames them: `event:` and `data:` for each payload.
inline QByteArray responsesStream(const QByteArrayList &payloads)
{
    QByteArray stream;
    for (const QByteArray &payload : payloads) {
        const std::optional<json::Document> document = json::Document::parse(payload);
        if (document)
            stream += "event: " + document->root()["type"].toByteArray() + '\n';
        stream += "data: " + payload + "\n\n";
    }
    return stream;
}

} // namespace lunargate::test
