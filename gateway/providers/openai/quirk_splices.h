// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/providers/openai/request_edit.h"

namespace lunargate::openai {

/// Changes the parameters of a call to `model` to what the service takes. `maxTokens` is the limit where the client
/// names none. Fails with InvalidRequest if the service refuses a parameter that the answer depends on.
Result<void> adaptParameters(RequestEdit &edit, const QByteArray &model, std::optional<int> maxTokens,
                             const QByteArray &providerId);

/// Whether OpenAI takes the limit of an answer only as `max_completion_tokens` (OpenAI API reference, "Create chat
/// completion", and "Reasoning models"): o1, o3-mini, gpt-5 and what follows, also fine-tuned, but no gpt-5-chat. They
/// take no `temperature` or `top_p` either.
bool isReasoningModel(QByteArrayView model);

} // namespace lunargate::openai
