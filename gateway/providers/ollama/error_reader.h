// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/json/document.h"
#include "gateway/providers/upstream_errors.h"

namespace lunargate::ollama {

/// What `{"error": "text"}` says (Ollama API reference, "Errors"); nothing if the object is no error. Proxies in front
/// of Ollama write an object in place of the text, which is read too.
std::optional<ProviderComplaint> readComplaint(json::Value object);

/// Reads an answer with an error status; clients that speak Ollama's protocol get its body. `key` is blotted out
/// wherever the service repeats it.
UpstreamFailure readError(const UpstreamHead &head, QByteArrayView body, const SecretString &key);

} // namespace lunargate::ollama
