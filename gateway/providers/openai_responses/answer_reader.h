// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/chat_answer.h"
#include "gateway/providers/openai/answer_reader.h"
#include "gateway/providers/openai_responses/output_reader.h"
#include "gateway/security/secret_string.h"

#include <expected>

namespace lunargate::openai_responses {

/// Reads a whole answer: a response object, or the chat.completion that some relays send in its place, which `form`
/// is about.
std::expected<ModelAnswer, UpstreamFailure> readAnswer(QByteArray body, const OutputSettings &settings,
                                                       const SecretString &key,
                                                       openai::AnswerForm form = openai::AnswerForm::Bytes);

/// The same for a client that speaks the protocol itself: the answer's `body` is the response as it is. One that goes
/// on in the background is an answer, too.
std::expected<ModelAnswer, UpstreamFailure> readNativeAnswer(QByteArray body, const OutputSettings &settings,
                                                             const SecretString &key);

} // namespace lunargate::openai_responses
