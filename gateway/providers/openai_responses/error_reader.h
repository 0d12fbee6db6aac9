// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/error.h"
#include "gateway/json/document.h"
#include "gateway/security/secret_string.h"

namespace lunargate::openai_responses {

/// The error of a response object; missing if it has none.
json::Value responseError(json::Value response);

/// Why a response failed or was cancelled, with the HTTP status that this stands for.
Error readResponseFailure(json::Value response, const SecretString &key);

/// Reads an `error` stream event: flat, as the SDKs describe it, or with the members in an `error` object, as the
/// service sends it.
Error readErrorEvent(json::Value event, const SecretString &key);

} // namespace lunargate::openai_responses
