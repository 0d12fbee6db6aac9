// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/ollama/embeddings_writer.h"

#include "gateway/chat/parameter_use.h"
#include "gateway/json/text_writer.h"

#include <algorithm>

namespace lunargate::ollama {

namespace {

/// Members that have a place of their own in EmbeddingsRequest. Vectors are encoded by the gateway.
constexpr QByteArrayView kRead[] = {"model", "input", "dimensions", "encoding_format"};

/// Parameters of Ollama's own, which clients add to a request of OpenAI's form.
constexpr QByteArrayView kEmbeddingsParameters[] = {"truncate", "options", "keep_alive"};

} // namespace

Result<WrittenRequest> writeEmbeddingsRequest(const EmbeddingsRequest &request, const QByteArray &model,
                                              const ProviderConfig &provider)
{
    if (request.isTokens)
        return std::unexpected(unsupported(provider.id, "input", "embeddings of token numbers"));
    WrittenRequest written;
    json::TextWriter json;
    json.beginObject().member("model", model).key("input").beginArray();
    for (const QByteArrayView text : request.texts)
        json.string(text);
    json.endArray();
    if (request.dimensions)
        json.member("dimensions", *request.dimensions);
    for (const auto [name, value] : request.document.root().members()) {
        if (value.isNull() || std::ranges::contains(kRead, name))
            continue;
        if (std::ranges::contains(kEmbeddingsParameters, name))
            json.member(name, value);
        else
            written.droppedParams.push_back(name.toByteArray());
    }
    written.body = std::move(json.endObject()).text();
    return written;
}

} // namespace lunargate::ollama
