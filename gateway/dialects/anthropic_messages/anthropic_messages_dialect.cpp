// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/anthropic_messages/anthropic_messages_dialect.h"

#include "gateway/dialects/anthropic_messages/error_body.h"
#include "gateway/dialects/anthropic_messages/message_writer.h"
#include "gateway/dialects/anthropic_messages/stream_writer.h"

namespace lunargate {

namespace {

class MessagesCall final : public ClientCall
{
public:
    explicit MessagesCall(anthropic_messages::ReadCall read)
        : ClientCall(std::move(read.request)), m_thoughts(read.thoughts)
    {
    }

    QByteArray answerBody(ModelAnswer &answer, const AnswerFacts &facts) override
    {
        if (!answer.body.isEmpty() || !answer.completion)
            return std::move(answer.body);
        return anthropic_messages::messageBody(*answer.completion, answer.usage, facts, m_thoughts);
    }

    std::unique_ptr<StreamWriter> streamWriter(const AnswerFacts &facts) override
    {
        return std::make_unique<anthropic_messages::StreamWriter>(facts, m_thoughts);
    }

private:
    const anthropic_messages::Thoughts m_thoughts;
};

} // namespace

QByteArray AnthropicMessagesDialect::errorBody(const Error &error) const
{
    return anthropic_messages::errorBody(error);
}

QByteArray AnthropicMessagesDialect::identifiedErrorBody(const Error &error, QByteArrayView requestId) const
{
    return anthropic_messages::errorBody(error, requestId);
}

QByteArray AnthropicMessagesDialect::errorFrame(const Error &error) const
{
    return anthropic_messages::errorFrame(error);
}

QByteArrayView AnthropicMessagesDialect::keepAliveFrame() const
{
    return anthropic_messages::kPingFrame;
}

Result<std::unique_ptr<ClientCall>> anthropic_messages::readCall(QByteArray body, int maxJsonDepth, CallHead head)
{
    return readRequest(std::move(body), maxJsonDepth, std::move(head))
        .transform([](ReadCall call) -> std::unique_ptr<ClientCall> {
            return std::make_unique<MessagesCall>(std::move(call));
        });
}

} // namespace lunargate
