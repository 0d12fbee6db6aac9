// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/anthropic_messages/anthropic_messages_dialect.h"

#include "gateway/dialects/anthropic_messages/error_body.h"
#include "gateway/dialects/anthropic_messages/message_writer.h"
#include "gateway/dialects/anthropic_messages/stream_writer.h"

namespace lunargate {

namespace {

// Results and system blocks are messages of their own in chat, so that these count otherwise.
constexpr FieldName kFields[] = {
    {"messages", "messages"},
    {"tools", "tools", true},
    {"tool_choice", "tool_choice"},
    {"parallel_tool_calls", "tool_choice.disable_parallel_tool_use"},
    {"max_tokens", "max_tokens"},
    {"max_completion_tokens", "max_tokens"},
    {"stop", "stop_sequences"},
    {"reasoning_effort", "output_config.effort"},
    {"reasoning", "thinking"},
    {"response_format", "output_config.format"},
    {"response_format.json_schema.schema", "output_config.format.schema"},
    {"user", "metadata.user_id"},
    {"model", "model"},
    {"stream", "stream"},
    {"temperature", "temperature"},
    {"top_p", "top_p"},
    {"top_k", "top_k"},
    {"service_tier", "service_tier"},
    {"cache_control", "cache_control"},
};

class MessagesCall final : public ClientCall
{
public:
    explicit MessagesCall(anthropic_messages::ReadCall read)
        : ClientCall(std::move(read.request)), m_thoughts(read.thoughts)
    {
        fieldNames = kFields;
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
