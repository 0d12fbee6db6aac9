// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api/ollama_model_info.h"

#include "gateway/config/config.h"

#include <QCryptographicHash>
#include <QDateTime>
#include <QTimeZone>

#include <algorithm>
#include <span>

namespace lunargate::api {

namespace {

// Word parts of model names, in lower case. A name that begins with `^` begins with it.
constexpr QByteArrayView kEmbedding[] = {"embed", "^bge", "^gte", "^e5-", "minilm", "rerank"};
constexpr QByteArrayView kSeeing[] = {
    "vision",  "-vl",    "vl:",       "llava",  "pixtral",        "gpt-4o",        "gpt-4.1",        "gpt-4-turbo",
    "gpt-5",   "^o1",    "^o3",       "^o4",    "claude",         "gemini",        "gemma3",         "gemma-3",
    "llama-4", "llama4", "moondream", "grok-4", "lunargate/auto", "mistral-small", "mistral-medium",
};
// Of these families, but without eyes, or without thoughts.
constexpr QByteArrayView kBlind[] = {"^o1-mini", "^o1-preview", "^o3-mini", "^claude-2", "^claude-instant"};
constexpr QByteArrayView kThoughtless[] = {"non-reasoning", "-instruct", "qwen3-coder", "gpt-5-chat"};
constexpr QByteArrayView kThinking[] = {
    "thinking",
    "reason",
    "-r1",
    "qwq",
    "qwen3",
    "gpt-oss",
    "gpt-5",
    "^o1",
    "^o3",
    "^o4",
    "magistral",
    "gemini-2.5",
    "gemini-3",
    "claude-3-7",
    "claude-sonnet-4",
    "claude-opus-4",
    "claude-haiku-4",
    "claude-sonnet-5",
    "claude-opus-5",
    "grok-4",
    "deepseek-v3.1",
};

bool isAmong(QByteArrayView name, std::span<const QByteArrayView> words)
{
    return std::ranges::any_of(words, [name](QByteArrayView word) {
        return word.startsWith('^') ? name.startsWith(word.sliced(1)) : name.contains(word);
    });
}

// The name behind the provider and the vendor: `meta-llama/llama-4` is `llama-4`.
QByteArrayView plainName(QByteArrayView id)
{
    return id == "lunargate/auto" ? id : id.sliced(id.lastIndexOf('/') + 1);
}

// Of an alias that of its model; some clients show it.
QByteArray modelName(const ModelEntry &model, const Config &config)
{
    const auto alias = config.routing.modelAliases.find(model.id);
    return plainName(alias == config.routing.modelAliases.end() ? model.id : alias->second).toByteArray();
}

QByteArray modifiedText(qint64 seconds)
{
    return QDateTime::fromSecsSinceEpoch(seconds, QTimeZone::UTC).toString(Qt::ISODate).toLatin1();
}

void appendDetails(json::TextWriter &json, const ModelEntry &model)
{
    json.key("details").beginObject().member("parent_model", "").member("format", "gguf");
    json.member("family", model.ownedBy).key("families").beginArray().string(model.ownedBy).endArray();
    json.member("parameter_size", "").member("quantization_level", "");
    if (model.contextLength)
        json.member("context_length", *model.contextLength);
    json.endObject();
}

void appendCapabilities(json::TextWriter &json, QByteArrayView modelName)
{
    json.key("capabilities").beginArray();
    for (const QByteArrayView capability : capabilitiesOf(modelName))
        json.string(capability);
    json.endArray();
}

} // namespace

std::vector<QByteArrayView> capabilitiesOf(QByteArrayView modelName)
{
    const QByteArray name = plainName(modelName).toByteArray().toLower();
    if (isAmong(name, kEmbedding))
        return {"embedding"};
    std::vector<QByteArrayView> capabilities = {"completion", "tools"};
    if (isAmong(name, kSeeing) && !isAmong(name, kBlind))
        capabilities.emplace_back("vision");
    if (isAmong(name, kThinking) && !isAmong(name, kThoughtless))
        capabilities.emplace_back("thinking");
    return capabilities;
}

void appendTag(json::TextWriter &json, const ModelEntry &model)
{
    const QByteArray digest = QCryptographicHash::hash(model.id, QCryptographicHash::Sha256).toHex();
    json.beginObject().member("name", model.id).member("model", model.id);
    json.member("modified_at", modifiedText(model.created));
    json.member("size", 1); // nothing is on this machine, but clients take 0 for a model that is not there
    json.member("digest", digest);
    appendDetails(json, model);
    json.endObject();
}

QByteArray modelInfo(const ModelEntry &model, const Config &config)
{
    const QByteArray name = modelName(model, config);
    json::TextWriter json;
    // Where some clients look for the size of the context.
    QByteArray parameters;
    if (model.contextLength)
        parameters = "num_ctx " + QByteArray::number(*model.contextLength);
    json.beginObject().member("license", "").member("modelfile", "").member("parameters", parameters);
    json.member("template", "{{ .Prompt }}").member("system", "");
    appendDetails(json, model);
    json.key("model_info").beginObject();
    json.member("general.architecture", "lunargate").member("general.basename", name);
    if (model.contextLength)
        json.member("lunargate.context_length", *model.contextLength);
    json.endObject();
    appendCapabilities(json, name);
    json.member("modified_at", modifiedText(model.created)).endObject();
    return std::move(json).text();
}

} // namespace lunargate::api
