// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/dialects/openai_chat/completion_writer.h"
#include "gateway/dialects/openai_chat/request_reader.h"
#include "gateway/dialects/openai_chat/stream_writer.h"
#include "gateway/pipeline/normalise.h"
#include "gateway/providers/provider.h"

#include <QTest>

// What the tests of all protocols share: from an OpenAI client's request to what the provider gets, and from what the
// provider says to what the client gets.
namespace lunargate::test {

/// A client's request, read and normalised.
inline ChatRequest chatRequest(const QByteArray &body)
{
    Result<ChatRequest> request = openai_chat::readRequest(body, 512);
    if (!request)
        qFatal("%s", request.error().message.constData());
    if (const Result<void> normalised = normalise(*request); !normalised)
        qFatal("%s", normalised.error().message.constData());
    return *std::move(request);
}

/// The call that `provider` makes of a client's body. It reads its provider's key: the provider has to outlive it.
inline PreparedCall callFor(const Provider &provider, const QByteArray &body, const QByteArray &model = "m")
{
    return provider.chatCall(chatRequest(body), model);
}
PreparedCall callFor(Provider &&, const QByteArray &, const QByteArray & = {}) = delete;

/// The body that is sent; the error's reason and field (`unsupported_parameter n`) if there is none.
inline QByteArray sentBody(const Provider &provider, const QByteArray &body, const QByteArray &model = "m")
{
    const PreparedCall call = callFor(provider, body, model);
    return call ? (*call)->request.body : call.error().reason + ' ' + call.error().param;
}

/// The chat.completion that a client gets for a whole answer; the error's message if there is none.
inline QByteArray clientAnswer(ProviderCall &call, const QByteArray &answer)
{
    const auto read = call.readAnswer(answer);
    if (!read)
        return read.error().error.message;
    if (!read->completion)
        return read->body;
    return openai_chat::completionBody(*read->completion, read->usage, "chatcmpl-own", "own-model", 1700000000);
}

/// The events that a stream's bytes make when they come in pieces of `size`, the first one of `first`.
inline std::vector<ChatStreamEvent> readStream(ChatStreamReader &reader, QByteArrayView bytes, qsizetype first,
                                               qsizetype size)
{
    std::vector<ChatStreamEvent> events;
    for (qsizetype at = 0, length = first; at < bytes.size(); at += length, length = size) {
        length = std::min(length, bytes.size() - at);
        reader.feed(bytes.sliced(at, length), events);
    }
    reader.finish(events);
    return events;
}

/// The frames that a client gets for events.
inline QByteArray framesOf(const std::vector<ChatStreamEvent> &events, bool includeUsage = false)
{
    openai_chat::StreamWriter writer({.includeUsage = includeUsage,
                                      .fallbackId = "chatcmpl-own",
                                      .fallbackModel = "own-model",
                                      .created = 1700000000});
    QByteArray frames;
    for (const ChatStreamEvent &event : events)
        writer.append(frames, event);
    return frames;
}

/// The frames that a client gets for a provider's stream; `splits differ at N` if it matters where the bytes are split.
inline QByteArray clientFrames(ProviderCall &call, const QByteArray &stream, bool includeUsage = false)
{
    const QByteArray whole = framesOf(readStream(*call.streamReader(), stream, stream.size(), 1), includeUsage);
    for (qsizetype first = 1; first < stream.size(); ++first) {
        if (framesOf(readStream(*call.streamReader(), stream, first, stream.size()), includeUsage) != whole)
            return "splits differ at " + QByteArray::number(first);
    }
    if (framesOf(readStream(*call.streamReader(), stream, 1, 1), includeUsage) != whole)
        return "splits differ at every byte";
    return whole;
}

/// The error that ends a stream; empty reason if it ends well.
inline Error streamError(ProviderCall &call, const QByteArray &stream)
{
    const auto events = readStream(*call.streamReader(), stream, stream.size(), 1);
    return events.empty() ? Error{.reason = "no events", .message = {}} : events.back().error;
}

} // namespace lunargate::test
