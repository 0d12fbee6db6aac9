// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/openai/models_reader.h"

#include "gateway/providers/token_count.h"

namespace lunargate::openai {

namespace {

// The field is in nobody's standard: OpenRouter, Together and Fireworks; Groq; vLLM; Mistral.
std::optional<qint64> contextLength(json::Value model)
{
    for (const char *field : {"context_length", "context_window", "max_model_len", "max_context_length"}) {
        if (const std::optional<qint64> tokens = tokenCount(model[field]); tokens && *tokens > 0)
            return tokens;
    }
    return std::nullopt;
}

std::optional<qint64> created(json::Value model)
{
    const std::optional<qint64> seconds = model["created"].wholeNumber();
    return seconds && *seconds > 0 ? seconds : std::nullopt; // Together writes 0 where it does not know
}

QByteArray idOf(json::Value model)
{
    constexpr QByteArrayView kGeminiPrefix = "models/"; // calls take the name without it
    const QByteArrayView id = model["id"].string();
    return (id.startsWith(kGeminiPrefix) ? id.sliced(kGeminiPrefix.size()) : id).toByteArray();
}

} // namespace

Result<ModelPage> readModelList(QByteArrayView body)
{
    const std::optional<json::Document> document = json::Document::parse(body);
    const json::Value root = document ? document->root() : json::Value();
    const json::Value list = root.isArray() ? root : root["data"]; // Together sends the array alone
    if (!list.isArray()) {
        return std::unexpected(Error{.kind = ErrorKind::UpstreamProtocol,
                                     .reason = "upstream_invalid_answer",
                                     .message = "the provider's list of models cannot be read: it has no list"});
    }
    ModelPage page;
    for (const json::Value model : list.elements()) {
        QByteArray id = idOf(model);
        if (!id.isEmpty())
            page.models.push_back(
                {.id = std::move(id), .created = created(model), .contextLength = contextLength(model)});
    }
    return page;
}

} // namespace lunargate::openai
