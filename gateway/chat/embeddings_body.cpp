// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/chat/embeddings_body.h"

#include "gateway/chat/embedding_vector.h"
#include "gateway/json/text_writer.h"

namespace lunargate {

QByteArray embeddingsBody(const Embeddings &embeddings, const EmbeddingsRequest &request)
{
    json::TextWriter json;
    json.beginObject().member("object", "list").key("data").beginArray();
    int index = 0;
    for (const std::vector<float> &vector : embeddings.vectors) {
        json.beginObject().member("object", "embedding").member("index", index++).key("embedding");
        if (request.isBase64)
            json.string(vectorAsBase64(vector));
        else
            json.raw(vectorAsJson(vector));
        json.endObject();
    }
    json.endArray().member("model", embeddings.model.isEmpty() ? request.model : embeddings.model);
    if (const std::optional<qint64> tokens = embeddings.promptTokens) {
        json.key("usage").beginObject();
        json.member("prompt_tokens", *tokens).member("total_tokens", *tokens).endObject();
    }
    json.endObject();
    return std::move(json).text();
}

} // namespace lunargate
