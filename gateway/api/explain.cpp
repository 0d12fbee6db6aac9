// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api/explain.h"

#include "gateway/api/explanation_json.h"
#include "gateway/api/ollama_names.h"
#include "gateway/chat/invalid_value.h"
#include "gateway/dialects/json_body.h"
#include "gateway/json/writer.h"
#include "gateway/pipeline/explain_services.h"

namespace lunargate::api {

namespace {

/// What the client of a request would send.
struct Asked
{
    ExplainedEndpoint endpoint = ExplainedEndpoint::Chat;
    QByteArray body;
    HeaderList headers;
    bool isOwnCall = false; ///< the headers are those of the question itself
};

Result<HeaderList> readHeaders(json::Value value)
{
    HeaderList headers;
    if (!isAbsent(value) && !value.isObject())
        return invalidValue("headers", "must be an object of names and texts");
    for (const auto [name, text] : value.members()) {
        if (!text.isString())
            return invalidValue("headers." + name.toByteArray(), "must be a string");
        headers.add(name.toByteArray(), text.toByteArray());
    }
    return headers;
}

Result<ExplainedEndpoint> readEndpoint(json::Value value)
{
    if (isAbsent(value))
        return ExplainedEndpoint::Chat;
    if (const std::optional<ExplainedEndpoint> endpoint = explainedEndpoint(value.string()))
        return *endpoint;
    return invalidValue("endpoint", "must be chat_completions, responses, messages, ollama_chat, ollama_generate or "
                                    "embeddings, or the path of one of them");
}

Result<Asked> read(RequestContext &context)
{
    HttpRequest &call = context.exchange.request;
    const Result<JsonBody> body = readJsonBody(call.body, context.runtime->config->server.maxJsonDepth);
    if (!body)
        return std::unexpected(body.error());
    const json::Value root = body->document.root();
    if (!root["request"].isObject())
        return Asked{.body = call.body, .headers = call.headers, .isOwnCall = true};
    Result<ExplainedEndpoint> endpoint = readEndpoint(root["endpoint"]);
    if (!endpoint)
        return std::unexpected(std::move(endpoint.error()));
    Result<HeaderList> headers = readHeaders(root["headers"]);
    if (!headers)
        return std::unexpected(std::move(headers.error()));
    return Asked{.endpoint = *endpoint, .body = json::toText(root["request"]), .headers = *std::move(headers)};
}

} // namespace

Task<> explain(RequestContext &context, const GatewayStatus &)
{
    Result<Asked> asked = read(context);
    if (!asked)
        co_return context.respondError(asked.error());
    const Config &config = *context.runtime->config;
    if (context.caller.kind == CredentialKind::AdminToken) // which no client shows
        context.caller = {.address = context.caller.address};
    Result<void> isKnown = asked->isOwnCall ? Result<void>()
                                            : speakFor(*context.runtime, context.services, asked->headers,
                                                       context.exchange.request.peer, context.caller);
    const Result<ExplainedRequest> request =
        readExplainedRequest(config, asked->endpoint, std::move(asked->body), std::move(asked->headers),
                             [&context](QByteArrayView name) { return modelMeant(*context.runtime, name); });
    if (!request)
        co_return context.respondError(request.error());
    Explanation explanation =
        co_await explainWithServices(*context.runtime, context.services, context.caller, *request);
    if (!isKnown)
        explanation.error = std::move(isKnown.error());
    context.respond(200, "application/json", explanationJson(explanation, config));
}

} // namespace lunargate::api
