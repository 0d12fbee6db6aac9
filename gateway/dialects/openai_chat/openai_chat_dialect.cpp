// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/openai_chat/openai_chat_dialect.h"

#include "gateway/dialects/openai_chat/completion_writer.h"
#include "gateway/dialects/openai_chat/error_body.h"
#include "gateway/dialects/openai_chat/request_reader.h"
#include "gateway/dialects/openai_chat/stream_writer.h"

namespace lunargate {

namespace {

QByteArray answerId(const AnswerFacts &facts)
{
    return "chatcmpl-" + facts.requestId;
}

class ChatCall final : public ClientCall
{
public:
    using ClientCall::ClientCall;

    QByteArray answerBody(ModelAnswer &answer, const AnswerFacts &facts) override
    {
        if (!answer.completion)
            return std::move(answer.body);
        return openai_chat::completionBody(*answer.completion, answer.usage, answerId(facts), facts.model,
                                           facts.created);
    }

    std::unique_ptr<StreamWriter> streamWriter(const AnswerFacts &facts) override
    {
        return std::make_unique<openai_chat::StreamWriter>(
            openai_chat::StreamWriter::Settings{.includeUsage = request.includeUsage,
                                                .fallbackId = answerId(facts),
                                                .fallbackModel = facts.model,
                                                .created = facts.created});
    }
};

} // namespace

QByteArray OpenAiChatDialect::errorBody(const Error &error) const
{
    return openai_chat::errorBody(error);
}

QByteArray OpenAiChatDialect::errorFrame(const Error &error) const
{
    return openai_chat::errorFrame(error);
}

QByteArrayView OpenAiChatDialect::keepAliveFrame() const
{
    return openai_chat::kKeepAliveFrame;
}

Result<std::unique_ptr<ClientCall>> openai_chat::readCall(QByteArray body, int maxJsonDepth)
{
    return readRequest(std::move(body), maxJsonDepth).transform([](ChatRequest request) -> std::unique_ptr<ClientCall> {
        return std::make_unique<ChatCall>(std::move(request));
    });
}

} // namespace lunargate
