// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/told_answer.h"

#include "gateway/dialects/openai_chat/completion_writer.h"
#include "gateway/pipeline/collect.h"
#include "gateway/pipeline/trace.h"
#include "gateway/providers/anthropic/answer_reader.h"
#include "gateway/providers/anthropic/stream_reader.h"
#include "gateway/providers/ollama/answer_reader.h"
#include "gateway/providers/ollama/stream_reader.h"
#include "gateway/providers/openai_responses/answer_reader.h"
#include "gateway/providers/openai_responses/stream_reader.h"

#include <limits>

namespace lunargate {

namespace {

// The readers are those of providers, who might repeat their key; what is kept is blotted out already.
const SecretString &noKey()
{
    static const SecretString none;
    return none;
}

ToolNames clientsNames()
{
    return ToolNames([](char) { return true; }, std::numeric_limits<qsizetype>::max());
}

std::optional<ModelAnswer> readAnswer(ChatProtocol protocol, const QByteArray &body)
{
    std::expected<ModelAnswer, UpstreamFailure> answer = std::unexpected(UpstreamFailure());
    if (protocol == ChatProtocol::OpenAiResponses)
        answer = openai_responses::readAnswer(body, {}, noKey(), openai::AnswerForm::Canonical);
    else if (protocol == ChatProtocol::AnthropicMessages)
        answer = anthropic::readAnswer(body, clientsNames(), noKey());
    else if (protocol == ChatProtocol::Ollama)
        answer = ollama::readChatAnswer(body, noKey());
    return answer ? std::optional(*std::move(answer)) : std::nullopt;
}

std::unique_ptr<ChatStreamReader> streamReader(ChatProtocol protocol)
{
    switch (protocol) {
    case ChatProtocol::OpenAiResponses:
        return std::make_unique<openai_responses::StreamReader>(openai_responses::OutputSettings(), noKey());
    case ChatProtocol::AnthropicMessages:
        return std::make_unique<anthropic::StreamReader>(clientsNames(), noKey());
    case ChatProtocol::Ollama:
        return std::make_unique<ollama::StreamReader>(noKey());
    case ChatProtocol::OpenAiChat:
        return nullptr;
    }
    Q_UNREACHABLE_RETURN(nullptr);
}

} // namespace

bool isWatched(const RequestContext &context)
{
    return context.collected || (context.traced && context.traced->content);
}

ToldStream::ToldStream(RequestContext &context) : m_context(context)
{
    const bool isWritten = context.dialect().protocol() != ChatProtocol::OpenAiChat;
    if (isWritten && isWatched(context))
        m_writer.emplace(openai_chat::StreamWriter::Settings{.includeUsage = true});
}

void ToldStream::pass(const ChatStreamEvent &event)
{
    if (!m_writer)
        return;
    ChatStreamEvent canonical = event;
    if (canonical.kind == ChatStreamEvent::Kind::Chunk)
        canonical.kind = ChatStreamEvent::Kind::Delta;
    m_writer->append(m_frames, canonical);
}

void ToldStream::tell(const QByteArray &clientFrames, bool hasContent)
{
    const QByteArray &frames = m_writer ? m_frames : clientFrames;
    collectFrames(m_context, frames, hasContent);
    traceFrames(m_context, frames);
    m_frames.clear();
}

QByteArray toldBody(const RequestContext &context, const CachedAnswer &answer)
{
    if (!isWatched(context))
        return {};
    std::optional<ModelAnswer> read = readAnswer(context.dialect().protocol(), answer.body);
    if (!read || !read->completion)
        return {};
    // They stand in the dialect's wrapping, which says nothing to anybody else.
    read->completion->reasoningDetails.clear();
    const RequestRecord &record = context.record;
    return openai_chat::completionBody(*read->completion, read->usage, record.requestId, record.model,
                                       read->completion->created);
}

void tellStream(RequestContext &context, const CachedAnswer &answer)
{
    ToldStream told(context);
    const std::unique_ptr<ChatStreamReader> reader = streamReader(context.dialect().protocol());
    if (!reader || !isWatched(context))
        return told.tell(answer.body, true);
    std::vector<ChatStreamEvent> events;
    qsizetype begin = 0;
    for (const qsizetype end : answer.frameEnds) { // not all at once: events take more room than their frames
        reader->feed(QByteArrayView(answer.body).sliced(begin, end - begin), events);
        begin = end;
        for (ChatStreamEvent &event : events) {
            event.delta.reasoningDetail.clear();
            told.pass(event);
        }
        events.clear();
        told.tell({}, true);
    }
}

} // namespace lunargate
