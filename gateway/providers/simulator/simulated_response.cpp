// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/simulator/simulated_response.h"

#include "gateway/json/writer.h"
#include "gateway/providers/simulator/chat_answer.h"
#include "gateway/providers/simulator/chat_frames.h"
#include "gateway/providers/simulator/embeddings.h"

#include <QCryptographicHash>

#include <algorithm>

namespace lunargate::simulator {

namespace {

const QByteArray kModelPrefix = QByteArrayLiteral("/models/");
constexpr qint64 kModelCreated = 1'735'689'600; // 2025-01-01: a list that stays the same

qint64 secondsSinceEpoch()
{
    using namespace std::chrono;
    return duration_cast<seconds>(system_clock::now().time_since_epoch()).count();
}

UpstreamHead makeHead(int status, QByteArray contentType, const UpstreamRequest &request)
{
    QCryptographicHash hash(QCryptographicHash::Sha256);
    hash.addData(request.url.path().toUtf8());
    hash.addData(request.body);
    return {status,
            {{"Content-Type", std::move(contentType)},
             {"x-request-id", "req_" + hash.result().toHex().first(32)},
             {"openai-version", "2020-10-01"}}};
}

std::generator<Chunk> onePiece(QByteArray body)
{
    co_yield Chunk{.bytes = std::move(body)};
}

SimulatedResponse jsonResponse(int status, const UpstreamRequest &request, QByteArray body)
{
    return {makeHead(status, "application/json", request), onePiece(std::move(body))};
}

SimulatedResponse failed(const Error &error, const UpstreamRequest &request)
{
    return jsonResponse(httpStatus(error), request,
                        errorBody(error.message, errorType(error), error.param, error.reason));
}

Error modelNotFound(const QByteArray &model)
{
    return {.kind = ErrorKind::NotFound,
            .reason = "model_not_found",
            .message = "The model '" + model + "' does not exist or you do not have access to it.",
            .param = "model"};
}

SimulatedResponse failedByPlan(int status, const UpstreamRequest &request, const SimulatorConfig &config)
{
    SimulatedResponse response = jsonResponse(status, request, statusErrorBody(status));
    if (config.retryAfter) {
        for (const HeaderList::Field &field : retryAfterHeaders(*config.retryAfter))
            response.head.headers.add(field.name, field.value);
    }
    return response;
}

SimulatedResponse chat(const UpstreamRequest &request, const ModelList &models, const SimulatorConfig &config)
{
    const Result<ChatRequestView> view = readChatRequest(request.body);
    if (!view)
        return failed(view.error(), request);
    if (!models.serves(view->model))
        return failed(modelNotFound(view->model), request);
    ChatAnswer answer = composeAnswer(*view, config.answerTokens);
    ChatEnvelope envelope{.id = "chatcmpl-sim-" + view->hash.first(24),
                          .model = view->model,
                          .created = secondsSinceEpoch(),
                          .includeUsage = view->includeUsage};
    if (!view->stream) {
        return {makeHead(200, "application/json", request),
                withBodyFaults(chatCompletion(envelope, answer), answer.completionTokens, config)};
    }
    UpstreamHead head = makeHead(200, "text/event-stream; charset=utf-8", request);
    head.headers.add("Cache-Control", "no-cache");
    return {std::move(head), withStreamFaults(chatFrames(std::move(envelope), std::move(answer)), config)};
}

SimulatedResponse embeddings(const UpstreamRequest &request, const ModelList &models, const SimulatorConfig &config)
{
    const Result<EmbeddingsRequest> wanted = readEmbeddingsRequest(request.body);
    if (!wanted)
        return failed(wanted.error(), request);
    if (!models.serves(wanted->model))
        return failed(modelNotFound(wanted->model), request);
    return {makeHead(200, "application/json", request), withBodyFaults(embeddingsAnswer(*wanted), 0, config)};
}

QByteArray modelObject(const QByteArray &model)
{
    return "{\"id\":" + json::quoted(model) + ",\"object\":\"model\",\"created\":" + QByteArray::number(kModelCreated) +
           ",\"owned_by\":\"lunargate\"}";
}

QByteArray modelsObject(const ModelList &models)
{
    QByteArray text = "{\"object\":\"list\",\"data\":[";
    for (size_t i = 0; i < models.models.size(); ++i)
        text += (i == 0 ? QByteArray() : QByteArray(",")) + modelObject(models.models[i]);
    return text + "]}";
}

SimulatedResponse modelByName(const UpstreamRequest &request, const ModelList &models, const QByteArray &model)
{
    if (!models.serves(model))
        return failed(modelNotFound(model), request);
    return jsonResponse(200, request, modelObject(model));
}

SimulatedResponse wrongMethod(const UpstreamRequest &request)
{
    return failed({.kind = ErrorKind::MethodNotAllowed,
                   .reason = "method_not_allowed",
                   .message = "Not allowed to " + request.method + " on " + request.url.path().toUtf8() + '.'},
                  request);
}

} // namespace

bool ModelList::serves(QByteArrayView model) const
{
    return unknown == UnknownModels::Accept || models.empty() || std::ranges::contains(models, model);
}

SimulatedResponse respond(const UpstreamRequest &request, const ModelList &models, const SimulatorConfig &config,
                          FaultSequence &statuses)
{
    const QByteArray path = request.url.path(QUrl::FullyDecoded).toUtf8();
    const bool isChat = path.endsWith("/chat/completions");
    if (isChat || path.endsWith("/embeddings")) {
        if (request.method != "POST")
            return wrongMethod(request);
        if (const int status = statuses.next(); status < 200 || status > 299)
            return failedByPlan(status, request, config);
        return isChat ? chat(request, models, config) : embeddings(request, models, config);
    }
    const qsizetype name = path.indexOf(kModelPrefix);
    if (name < 0 && !path.endsWith("/models")) {
        return failed({.kind = ErrorKind::NotFound,
                       .reason = "unknown_url",
                       .message = "Unknown request URL: " + request.method + ' ' + path + '.'},
                      request);
    }
    if (request.method != "GET")
        return wrongMethod(request);
    if (name < 0)
        return jsonResponse(200, request, modelsObject(models));
    return modelByName(request, models, path.sliced(name + kModelPrefix.size()));
}

} // namespace lunargate::simulator
