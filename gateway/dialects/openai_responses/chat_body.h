// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/dialects/openai_responses/client_tools.h"
#include "gateway/dialects/openai_responses/input_list.h"
#include "gateway/dialects/openai_responses/translation.h"

namespace lunargate::responses {

/// A call in the words of OpenAI's chat protocol.
struct ChatBody
{
    json::Document document; ///< of POST /v1/chat/completions; refers to what it was made of
    ClientTools tools;
    std::vector<QByteArray> dropped; ///< what it does not say
    std::optional<Error> refusal;    ///< why it must not be used in place of the client's own
};

ChatBody chatBody(const ResponsesBody &body, const InputList &input);

} // namespace lunargate::responses
