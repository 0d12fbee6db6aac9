// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/setup/local_servers.h"

#include "gateway/async/when_all.h"
#include "gateway/json/document.h"

#include <algorithm>
#include <optional>

namespace lunargate::ui {

namespace {

constexpr qsizetype kLargestAnswer = qsizetype(1024) * 1024;

/// What tells one from any other server on the same port.
struct Trait
{
    const char *type;
    const char *owner;       ///< of its models, in the list; null: anybody's
    const char *basePath;    ///< of its base URL
    bool hasVersion = false; ///< it also answers GET /api/version
};

// https://docs.ollama.com/api, https://lmstudio.ai/docs/developer/openai-compat,
// https://github.com/ggml-org/llama.cpp/tree/master/tools/server, https://docs.vllm.ai
constexpr Trait kTraits[] = {{"ollama", nullptr, "", true},
                             {"lmstudio", nullptr, "/v1"},
                             {"llamacpp", "llamacpp", "/v1"},
                             {"vllm", "vllm", "/v1"}};

/// The JSON that a GET is answered with.
Task<std::optional<json::Document>> fetch(Transport &transport, QByteArray url, TimePoint deadline)
{
    const std::unique_ptr<UpstreamCall> call =
        transport.send({.method = "GET", .url = QUrl::fromEncoded(url), .headers = {{"Accept", "application/json"}}});
    const Result<UpstreamHead> head = co_await call->head(deadline);
    if (!head || head->status != 200)
        co_return std::nullopt;
    QByteArray body;
    for (;;) {
        const Result<QByteArray> part = co_await call->read(deadline);
        if (!part || body.size() + part->size() > kLargestAnswer)
            co_return std::nullopt;
        if (part->isEmpty())
            break;
        body += *part;
    }
    co_return json::Document::parse(body);
}

/// What answers requests without a model; not one that only makes embeddings of texts.
QByteArray chatModel(json::Value models)
{
    for (const json::Value model : models.elements()) {
        const QByteArray id = model["id"].toByteArray();
        if (!id.contains("embed"))
            return id;
    }
    return {};
}

Task<> look(Transport &transport, LocalServer server, TimePoint deadline, std::optional<FoundProvider> &found)
{
    const auto *const trait =
        std::ranges::find(kTraits, server.type, [](const Trait &one) { return QByteArrayView(one.type); });
    if (trait == std::end(kTraits))
        co_return;
    const QByteArray address = "http://127.0.0.1:" + QByteArray::number(server.port);
    if (trait->hasVersion) {
        const std::optional<json::Document> version = co_await fetch(transport, address + "/api/version", deadline);
        if (!version || !version->root()["version"].isString())
            co_return;
    }
    const std::optional<json::Document> answer = co_await fetch(transport, address + "/v1/models", deadline);
    const json::Value models = answer ? answer->root()["data"] : json::Value();
    const bool isOther = trait->owner && models.at(0)["owned_by"].string() != trait->owner;
    if (!models.isArray() || isOther)
        co_return;
    const QByteArray model = chatModel(models);
    found = {.id = server.type,
             .type = server.type,
             .baseUrl = address + trait->basePath,
             .model = model,
             .modelCount = model.isEmpty() ? 0 : static_cast<qsizetype>(models.size())};
}

} // namespace

std::vector<LocalServer> usualLocalServers()
{
    return {{.type = "ollama", .port = 11434},
            {.type = "lmstudio", .port = 1234},
            {.type = "llamacpp", .port = 8080},
            {.type = "llamacpp", .port = 8081},
            {.type = "vllm", .port = 8000}};
}

Task<std::vector<FoundProvider>> findLocalServers(Transport &transport, std::vector<LocalServer> servers,
                                                  TimePoint deadline)
{
    std::vector<std::optional<FoundProvider>> answers(servers.size());
    std::vector<Task<>> tasks;
    for (size_t i = 0; i < servers.size(); ++i)
        tasks.push_back(look(transport, servers[i], deadline, answers[i]));
    co_await whenAll(std::move(tasks));
    std::vector<FoundProvider> found;
    for (size_t i = 0; i < servers.size(); ++i) {
        if (!answers[i])
            continue;
        FoundProvider &provider = *answers[i];
        if (std::ranges::contains(found, provider.id, &FoundProvider::id))
            provider.id += '-' + QByteArray::number(servers[i].port);
        found.push_back(std::move(provider));
    }
    co_return found;
}

} // namespace lunargate::ui
