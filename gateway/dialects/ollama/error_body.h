// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/error.h"

namespace lunargate::ollama_api {

/// `{"error":"text"}` (Ollama API reference, "Errors").
QByteArray errorBody(const Error &error);

/// The same as a line of a stream.
QByteArray errorLine(const Error &error);

} // namespace lunargate::ollama_api
