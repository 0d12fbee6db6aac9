// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/json/writer.h"
#include "gateway/providers/ollama/ollama_provider.h"
#include "tests/unit/providers/protocol_testing.h"

namespace lunargate::test {

inline ProviderConfig ollamaConfig()
{
    ProviderConfig config;
    config.id = "local";
    config.type = "ollama";
    config.baseUrl = "http://localhost:11434";
    config.defaultModel = "llama3.2";
    return config;
}

/// A call as it is made of a plain request, to read answers with.
inline std::unique_ptr<ProviderCall> ollamaCall(const OllamaProvider &provider, bool isStream = false)
{
    PreparedCall call = callFor(provider, isStream ? R"({"messages":[{"role":"user","content":"Hi"}],"stream":true})"
                                                   : R"({"messages":[{"role":"user","content":"Hi"}]})");
    if (!call)
        qFatal("%s", call.error().message.constData());
    return *std::move(call);
}

/// The value of one member of the body that is sent, as JSON; empty if it is not there.
inline QByteArray sentMember(const Provider &provider, const QByteArray &body, const char *name)
{
    const QByteArray sent = sentBody(provider, body);
    const std::optional<json::Document> document = json::Document::parse(sent);
    return document ? json::toText(document->root()[name]) : sent;
}

} // namespace lunargate::test
