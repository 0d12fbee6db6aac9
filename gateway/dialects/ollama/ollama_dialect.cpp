// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/ollama/ollama_dialect.h"

#include "gateway/dialects/ollama/error_body.h"

namespace lunargate {

QByteArray OllamaDialect::errorBody(const Error &error) const
{
    return ollama_api::errorBody(error);
}

QByteArray OllamaDialect::errorFrame(const Error &error) const
{
    return ollama_api::errorLine(error);
}

} // namespace lunargate
