// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/ollama/embeddings.h"

#include "gateway/dialects/json_body.h"
#include "gateway/dialects/ollama/answer_writer.h"
#include "gateway/dialects/openai_embeddings/request_reader.h"
#include "gateway/json/text_writer.h"

#include <limits>

namespace lunargate::ollama_api {

namespace {

constexpr QByteArrayView kEmbeddingsMembers[] = {"model",    "input",   "prompt",    "dimensions",
                                                 "truncate", "options", "keep_alive"};
constexpr QByteArrayView kEmbeddingsServerMembers[] = {"truncate", "options", "keep_alive"};

bool isText(json::Value input)
{
    return input.isString() && !input.string().isEmpty();
}

} // namespace

Result<ReadEmbeddings> readEmbeddings(const QByteArray &bytes, int maxJsonDepth, EmbedKind kind,
                                      const ModelMeant &modelMeant)
{
    const Result<JsonBody> body = readJsonBody(bytes, maxJsonDepth);
    if (!body)
        return std::unexpected(body.error());
    if (Result<void> unique = checkUnique(body->members, kEmbeddingsMembers); !unique)
        return std::unexpected(std::move(unique.error()));
    const json::Value root = body->document.root();
    const char *const field = kind == EmbedKind::Embed ? "input" : "prompt";
    const json::Value input = root[field];
    const bool isList = kind == EmbedKind::Embed && input.isArray();
    if (!isAbsent(input) && !input.isString() && !isList)
        return refusedBody("invalid_type",
                           QByteArray("'") + field + "' must be a text" +
                               (kind == EmbedKind::Embed ? " or a list of texts" : ""),
                           field);
    ReadEmbeddings read{.request = std::nullopt, .model = root["model"].toByteArray()};
    if (!isText(input) && input.size() == 0)
        return read;

    json::TextWriter json = json::TextWriter::forBody(bytes.size());
    json.beginObject().member("model", modelMeant(root["model"].string())).member("input", input);
    if (const json::Value dimensions = root["dimensions"]; !isAbsent(dimensions))
        json.member("dimensions", dimensions);
    std::vector<QByteArray> foreign;
    for (const QByteArrayView name : kEmbeddingsServerMembers) {
        if (isAbsent(root[name]))
            continue;
        json.member(name, root[name]);
        foreign.push_back(name.toByteArray());
    }
    Result<EmbeddingsRequest> request =
        openai_embeddings::readRequest(std::move(json.endObject()).text(), std::numeric_limits<int>::max());
    if (!request)
        return std::unexpected(std::move(request.error()));
    request->foreignMembers = std::move(foreign);
    read.request = *std::move(request);
    return read;
}

QByteArray embeddingsAnswer(const QByteArray &openAiBody, const QByteArray &model, EmbedKind kind,
                            const AnswerFacts &facts)
{
    const std::optional<json::Document> document = json::Document::parse(openAiBody);
    const json::Value data = document ? document->root()["data"] : json::Value();
    if (!data.isArray())
        return {};
    json::TextWriter json(openAiBody.size() + 256);
    json.beginObject();
    if (kind == EmbedKind::Embeddings) {
        json.member("embedding", data.at(0)["embedding"]).endObject();
        return std::move(json).text();
    }
    json.member("model", model).key("embeddings").beginArray();
    for (const json::Value element : data.elements())
        json.value(element["embedding"]);
    json.endArray();
    const AnswerDurations durations = durationsOf(facts, Clock::now(), false);
    json.member("total_duration", durations.total.count()).member("load_duration", durations.load.count());
    if (const std::optional<qint64> tokens = document->root()["usage"]["prompt_tokens"].wholeNumber())
        json.member("prompt_eval_count", *tokens);
    json.endObject();
    return std::move(json).text();
}

QByteArray noEmbeddings(const QByteArray &model, EmbedKind kind)
{
    if (kind == EmbedKind::Embeddings)
        return R"({"embedding":[]})";
    return R"({"model":)" + json::quoted(model) + R"(,"embeddings":[]})";
}

} // namespace lunargate::ollama_api
