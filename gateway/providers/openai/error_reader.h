// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/chat_answer.h"
#include "gateway/json/document.h"
#include "gateway/security/secret_string.h"
#include "gateway/upstream/transport.h"

namespace lunargate::openai {

/// Reads an answer with an error status, in any of the shapes that OpenAI-compatible services use; HTML and plain text
/// too. `key` is blotted out wherever the service repeats it.
UpstreamFailure readError(const UpstreamHead &head, QByteArrayView body, const SecretString &key);

/// Reads an `error` object that came with a success status (0) or inside a stream.
UpstreamFailure readErrorObject(json::Value error, int status, const SecretString &key);

} // namespace lunargate::openai
