// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/ollama/error_body.h"

#include "gateway/json/writer.h"

namespace lunargate::ollama_api {

QByteArray errorBody(const Error &error)
{
    return R"({"error":)" + json::quoted(error.message) + '}';
}

QByteArray errorLine(const Error &error)
{
    return errorBody(error) + '\n';
}

} // namespace lunargate::ollama_api
