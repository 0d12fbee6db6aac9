// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api/endpoints.h"

#include "gateway/api/admin_cache.h"
#include "gateway/api/chat_completions.h"
#include "gateway/api/circuits.h"
#include "gateway/api/configuration.h"
#include "gateway/api/embeddings.h"
#include "gateway/api/events.h"
#include "gateway/api/explain.h"
#include "gateway/api/health.h"
#include "gateway/api/limits.h"
#include "gateway/api/messages.h"
#include "gateway/api/metrics_text.h"
#include "gateway/api/model_info.h"
#include "gateway/api/models.h"
#include "gateway/api/ollama_chat.h"
#include "gateway/api/ollama_embeddings.h"
#include "gateway/api/ollama_models.h"
#include "gateway/api/passthrough.h"
#include "gateway/api/remote.h"
#include "gateway/api/requests.h"
#include "gateway/api/response_tools.h"
#include "gateway/api/responses.h"
#include "gateway/api/responses_websocket.h"
#include "gateway/api/root.h"
#include "gateway/api/running.h"
#include "gateway/api/stats.h"
#include "gateway/api/stored_responses.h"

#include <algorithm>

namespace lunargate {

namespace {

constexpr ChatProtocol kResponses = ChatProtocol::OpenAiResponses;
constexpr ChatProtocol kOpenAi = ChatProtocol::OpenAiChat;

// A new endpoint is one line here. Those with a tail come after the names that they would take.
constexpr Endpoint kEndpoints[] = {
    {"POST", "/v1/chat/completions", false, "chat_completions", Role::Inference, &api::chatCompletions, true},
    {"POST", "/v1/messages", false, "messages", Role::Inference, &api::messages, true, ChatProtocol::AnthropicMessages},
    {"POST", "/v1/messages/count_tokens", false, "count_tokens", Role::Inference, &api::countMessageTokens, false,
     ChatProtocol::AnthropicMessages},
    {"POST", "/v1/embeddings", false, "embeddings", Role::Inference, &api::embeddings, true},
    {"POST", "/v1/responses", false, "responses", Role::Inference, &api::createResponse, true, kResponses},
    {"GET", "/v1/responses", false, "responses_websocket", Role::Inference, &api::responsesWebSocket, false,
     kResponses},
    {"POST", "/v1/responses/compact", false, "response_compact", Role::Inference, &api::compactResponse, true,
     kResponses},
    {"POST", "/v1/responses/input_tokens", false, "response_input_tokens", Role::Inference, &api::countInputTokens,
     false, kResponses},
    {"GET", "/v1/responses/", true, "response", Role::Inference, &api::storedResponse, false, kResponses},
    {"DELETE", "/v1/responses/", true, "response_delete", Role::Inference, &api::deleteResponse, false, kResponses},
    {"POST", "/v1/responses/", true, "response_cancel", Role::Inference, &api::cancelResponse, false, kResponses},
    {"POST", "/v1/completions", false, "completions", Role::Inference, &api::completions, true},
    {"POST", "/v1/moderations", false, "moderations", Role::Inference, &api::passthrough, true},
    {"POST", "/v1/images/generations", false, "image_generations", Role::Inference, &api::passthrough, true},
    {"POST", "/v1/audio/speech", false, "audio_speech", Role::Inference, &api::passthrough, true},
    {"POST", "/v1/audio/transcriptions", false, "audio_transcriptions", Role::Inference, &api::passthrough, true,
     kOpenAi, true},
    {"POST", "/v1/audio/translations", false, "audio_translations", Role::Inference, &api::passthrough, true, kOpenAi,
     true},
    {"POST", "/v1/rerank", false, "rerank", Role::Inference, &api::passthrough, true},
    {"GET", "/v1/files", false, "files", Role::Inference, &api::keptByProvider, true},
    {"POST", "/v1/files", false, "file_upload", Role::Inference, &api::keptByProvider, true, kOpenAi, true},
    {"GET", "/v1/files/", true, "file", Role::Inference, &api::keptByProvider, true},
    {"DELETE", "/v1/files/", true, "file_delete", Role::Inference, &api::keptByProvider, true},
    {"GET", "/v1/batches", false, "batches", Role::Inference, &api::keptByProvider, true},
    {"POST", "/v1/batches", false, "batch_create", Role::Inference, &api::keptByProvider, true},
    {"GET", "/v1/batches/", true, "batch", Role::Inference, &api::keptByProvider, true},
    {"POST", "/v1/batches/", true, "batch_cancel", Role::Inference, &api::keptByProvider, true},
    {"GET", "/v1/model/info", false, "model_info", Role::Inference, &api::modelInfo},
    {"GET", "/v1/models", false, "models", Role::Inference, &api::listModels},
    {"GET", "/v1/models/", true, "model", Role::Inference, &api::oneModel},
    {"POST", "/api/chat", false, "ollama_chat", Role::Inference, &api::ollamaChat, true, ChatProtocol::Ollama},
    {"POST", "/api/generate", false, "ollama_generate", Role::Inference, &api::ollamaGenerate, true,
     ChatProtocol::Ollama},
    {"POST", "/api/embed", false, "ollama_embeddings", Role::Inference, &api::ollamaEmbed, true, ChatProtocol::Ollama},
    {"POST", "/api/embeddings", false, "ollama_old_embeddings", Role::Inference, &api::ollamaEmbeddings, true,
     ChatProtocol::Ollama},
    {"GET", "/api/tags", false, "ollama_tags", Role::Inference, &api::ollamaTags, false, ChatProtocol::Ollama},
    {"POST", "/api/show", false, "ollama_show", Role::Inference, &api::ollamaShow, false, ChatProtocol::Ollama},
    {"GET", "/api/ps", false, "ollama_ps", Role::Inference, &api::ollamaRunning, false, ChatProtocol::Ollama},
    {"GET", "/api/version", false, "ollama_version", Role::Inference, &api::ollamaVersion, false, ChatProtocol::Ollama},
    {"POST", "/api/pull", false, "ollama_pull", Role::Inference, &api::ollamaPull, false, ChatProtocol::Ollama},
    {"POST", "/api/push", false, "ollama_push", Role::Inference, &api::ollamaManagement, false, ChatProtocol::Ollama},
    {"POST", "/api/create", false, "ollama_create", Role::Inference, &api::ollamaManagement, false,
     ChatProtocol::Ollama},
    {"POST", "/api/copy", false, "ollama_copy", Role::Inference, &api::ollamaManagement, false, ChatProtocol::Ollama},
    {"DELETE", "/api/delete", false, "ollama_delete", Role::Inference, &api::ollamaManagement, false,
     ChatProtocol::Ollama},
    {"GET", "/admin/v1/config", false, "admin_config", Role::Admin, &api::showConfig},
    {"POST", "/admin/v1/reload", false, "admin_reload", Role::Admin, &api::reloadConfig},
    {"GET", "/admin/v1/limits", false, "admin_limits", Role::Admin, &api::limits},
    {"POST", "/admin/v1/explain", false, "explain", Role::Admin, &api::explain},
    {"GET", "/admin/v1/circuits", false, "circuits", Role::Admin, &api::listCircuits},
    {"POST", "/admin/v1/circuits/", true, "circuit_action", Role::Admin, &api::changeCircuit},
    {"GET", "/admin/v1/remote", false, "remote", Role::Admin, &api::remote},
    {"GET", "/", false, "root", Role::Public, &api::root},
    {"GET", "/health", false, "health", Role::Public, &api::health},
    {"GET", "/ready", false, "ready", Role::Public, &api::ready},
    {"GET", "/admin/v1/cache", false, "admin_cache", Role::Admin, &api::cacheStatistics},
    {"DELETE", "/admin/v1/cache", false, "admin_cache_purge", Role::Admin, &api::purgeCache},
    {"GET", "/admin/v1/requests", false, "requests", Role::Admin, &api::listRequests},
    {"DELETE", "/admin/v1/requests", false, "requests_erase", Role::Admin, &api::eraseRequests},
    {"GET", "/admin/v1/requests/running", false, "requests_running", Role::Admin, &api::listRunning},
    {"GET", "/admin/v1/requests/", true, "request", Role::Admin, &api::oneRequest},
    {"GET", "/admin/v1/events", false, "events", Role::Admin, &api::events},
    {"GET", "/admin/v1/stats", false, "stats", Role::Admin, &api::stats},
    {"GET", "/metrics", false, "metrics", Role::Public, &api::metricsText},
};

// Only where clients expect Ollama.
constexpr Endpoint kOllamaRoot = {
    "GET", "/", false, "ollama_root", Role::Public, &api::ollamaRoot, false, ChatProtocol::Ollama};

bool matchesPath(const Endpoint &endpoint, QByteArrayView path)
{
    return endpoint.hasTail ? path.size() > endpoint.path.size() && path.startsWith(endpoint.path)
                            : path == endpoint.path;
}

bool isKnownPath(QByteArrayView path)
{
    return std::ranges::any_of(kEndpoints, [path](const Endpoint &e) { return matchesPath(e, path); });
}

} // namespace

bool isPassedThrough(const Endpoint &endpoint)
{
    return endpoint.answer == &api::completions || endpoint.answer == &api::passthrough ||
           endpoint.answer == &api::keptByProvider;
}

std::span<const Endpoint> endpoints()
{
    return kEndpoints;
}

EndpointMatch findEndpoint(QByteArrayView method, QByteArrayView path, ServedRoles served)
{
    EndpointMatch match;
    const QByteArrayView wanted = method == "HEAD" ? QByteArrayView("GET") : method;
    if (served.isOllama && path == kOllamaRoot.path) {
        return {.endpoint = wanted == kOllamaRoot.method ? &kOllamaRoot : nullptr,
                .atPath = &kOllamaRoot,
                .allowedMethods = "GET, HEAD"};
    }
    for (const Endpoint &endpoint : kEndpoints) {
        if (!matchesPath(endpoint, path) || !served.has(endpoint.role))
            continue;
        if (endpoint.hasTail && match.atPath && !match.atPath->hasTail)
            continue; // what has a name is no tail of another one
        if (!match.atPath)
            match.atPath = &endpoint;
        if (endpoint.method == wanted)
            match.endpoint = match.atPath = &endpoint;
        if (!match.allowedMethods.isEmpty())
            match.allowedMethods += ", ";
        match.allowedMethods += endpoint.method == "GET" ? "GET, HEAD" : endpoint.method.toByteArray();
    }
    return match;
}

QByteArray canonicalPath(QByteArrayView path)
{
    QByteArrayView trimmed = path;
    while (trimmed.size() > 1 && trimmed.endsWith('/'))
        trimmed.chop(1);
    while (trimmed.startsWith("/v1/v1/"))
        trimmed = trimmed.sliced(3);
    if (isKnownPath(trimmed))
        return trimmed.toByteArray();
    QByteArray versioned = "/v1" + trimmed.toByteArray();
    return isKnownPath(versioned) ? versioned : trimmed.toByteArray();
}

} // namespace lunargate
