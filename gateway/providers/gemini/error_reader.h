// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/chat_answer.h"
#include "gateway/json/document.h"
#include "gateway/security/secret_string.h"
#include "gateway/upstream/transport.h"

namespace lunargate::gemini {

/// Reads an answer with an error status: a google.rpc.Status (Gemini API, "Troubleshooting"; AIP-193), or whatever a
/// proxy before it says.
UpstreamFailure readError(const UpstreamHead &head, QByteArrayView body, const SecretString &key);

/// The `error` of an answer or of a piece of a stream; missing if there is none. Some endpoints put it into an array.
json::Value errorObject(json::Value root);

/// Reads such an object that came with a success status.
Error readErrorObject(json::Value error, const SecretString &key);

} // namespace lunargate::gemini
