// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/chat/embeddings_body.h"

#include "gateway/json/text_writer.h"

#include <QLocale>
#include <QtEndian>

namespace lunargate {

namespace {

// Little-endian float32, as OpenAI's `encoding_format: base64` has it.
QByteArray asBase64(const std::vector<float> &vector)
{
    QByteArray bytes(std::ssize(vector) * qsizetype(sizeof(float)), Qt::Uninitialized);
    qToLittleEndian<float>(vector.data(), std::ssize(vector), bytes.data());
    return bytes.toBase64();
}

} // namespace

QByteArray embeddingsBody(const Embeddings &embeddings, const EmbeddingsRequest &request)
{
    json::TextWriter json;
    json.beginObject().member("object", "list").key("data").beginArray();
    int index = 0;
    for (const std::vector<float> &vector : embeddings.vectors) {
        json.beginObject().member("object", "embedding").member("index", index++).key("embedding");
        if (request.isBase64) {
            json.string(asBase64(vector));
        } else {
            json.beginArray();
            for (const float number : vector)
                json.raw(QByteArray::number(number, 'g', QLocale::FloatingPointShortest));
            json.endArray();
        }
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
