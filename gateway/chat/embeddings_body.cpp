// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/chat/embeddings_body.h"

#include "gateway/json/text_writer.h"

#include <QtEndian>

#include <charconv>

namespace lunargate {

namespace {

void writeNumbers(json::TextWriter &json, const std::vector<float> &vector)
{
    char buffer[32];
    json.beginArray();
    for (const float component : vector) {
        const std::to_chars_result written = std::to_chars(std::begin(buffer), std::end(buffer), component);
        json.raw(QByteArrayView(buffer, written.ptr - buffer));
    }
    json.endArray();
}

void writeBase64(json::TextWriter &json, const std::vector<float> &vector)
{
    QByteArray bytes(static_cast<qsizetype>(vector.size() * sizeof(float)), Qt::Uninitialized);
    qToLittleEndian<float>(vector.data(), static_cast<qsizetype>(vector.size()), bytes.data());
    json.string(bytes.toBase64());
}

} // namespace

QByteArray embeddingsBody(const Embeddings &embeddings, const EmbeddingsRequest &request)
{
    json::TextWriter json;
    json.beginObject().member("object", "list");
    json.key("data").beginArray();
    int index = 0;
    for (const std::vector<float> &vector : embeddings.vectors) {
        json.beginObject().member("object", "embedding").member("index", index++).key("embedding");
        if (request.isBase64)
            writeBase64(json, vector);
        else
            writeNumbers(json, vector);
        json.endObject();
    }
    json.endArray();
    json.member("model", embeddings.model.isEmpty() ? request.model : embeddings.model);
    if (embeddings.promptTokens) {
        json.key("usage").beginObject();
        json.member("prompt_tokens", *embeddings.promptTokens).member("total_tokens", *embeddings.promptTokens);
        json.endObject();
    }
    return std::move(json.endObject()).text();
}

} // namespace lunargate
