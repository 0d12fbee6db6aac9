// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/dialects/ollama/call_reader.h"
#include "gateway/json/writer.h"

namespace lunargate::test {

using Read = Result<ollama_api::ReadCall> (*)(QByteArray, int, const ollama_api::ModelMeant &);

inline QByteArray sameName(QByteArrayView name)
{
    return name.toByteArray();
}

/// The call that is read of a body. The test program ends if there is none.
inline std::unique_ptr<ClientCall> callOf(const QByteArray &body, Read read = &ollama_api::readChatCall)
{
    Result<ollama_api::ReadCall> call = read(body, 512, &sameName);
    if (!call)
        qFatal("%s", call.error().message.constData());
    if (!call->loadAnswer.isEmpty())
        qFatal("a load: %s", call->loadAnswer.constData());
    return std::move(call->call);
}

/// `{"model":"m","messages":[{"role":"user","content":"Hi"}]` and `more`.
inline QByteArray chatOf(const QByteArray &more)
{
    return R"({"model":"m","messages":[{"role":"user","content":"Hi"}])" + (more.isEmpty() ? "" : "," + more) + '}';
}

/// A member of the chat-completions body that is written of a call, as JSON; empty if it is not there.
inline QByteArray written(const ClientCall &call, QByteArrayView name)
{
    return json::toText(call.request.document.root()[name]);
}

inline AnswerFacts factsOfTest()
{
    const TimePoint now = Clock::now();
    return {.requestId = "id",
            .model = "provider-model",
            .created = 1780000000,
            .startedAt = now - std::chrono::milliseconds(40),
            .askedAt = now - std::chrono::milliseconds(30),
            .firstContentAt = now - std::chrono::milliseconds(10)};
}

} // namespace lunargate::test
