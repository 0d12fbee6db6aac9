// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/openai_responses/responses_dialect.h"

#include "gateway/dialects/openai_chat/error_body.h"
#include "gateway/dialects/openai_chat/stream_writer.h"
#include "gateway/dialects/openai_responses/stream_writer.h"

namespace lunargate {

QByteArray OpenAiResponsesDialect::errorBody(const Error &error) const
{
    return openai_chat::errorBody(error); // of all of OpenAI's endpoints
}

QByteArray OpenAiResponsesDialect::errorFrame(const Error &error) const
{
    return responses::errorFrame(error);
}

QByteArrayView OpenAiResponsesDialect::keepAliveFrame() const
{
    return openai_chat::kKeepAliveFrame;
}

} // namespace lunargate
