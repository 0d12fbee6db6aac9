// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/trace.h"

#include "gateway/telemetry/telemetry.h"

namespace lunargate {

namespace {

// OpenAI's newer name wins over the older one.
std::optional<qint64> maxTokens(json::Value root)
{
    const std::optional<qint64> newer = root["max_completion_tokens"].wholeNumber();
    return newer ? newer : root["max_tokens"].wholeNumber();
}

// The conventions know `text` and `json`, whatever the schema.
QByteArray outputType(json::Value root)
{
    const QByteArrayView type = root["response_format"]["type"].string();
    if (type.isEmpty())
        return {};
    return type == "text" ? "text" : "json";
}

RequestParameters parametersOf(json::Value root)
{
    return {.temperature = root["temperature"].number(),
            .topP = root["top_p"].number(),
            .topK = root["top_k"].number(),
            .frequencyPenalty = root["frequency_penalty"].number(),
            .presencePenalty = root["presence_penalty"].number(),
            .maxTokens = maxTokens(root),
            .seed = root["seed"].wholeNumber(),
            .choices = root["n"].wholeNumber(),
            .dimensions = root["dimensions"].wholeNumber(),
            .encodingFormat = root["encoding_format"].toByteArray(),
            .outputType = outputType(root),
            .reasoningEffort = root["reasoning_effort"].toByteArray()};
}

std::vector<QByteArray> stopSequences(json::Value stop)
{
    std::vector<QByteArray> texts;
    if (stop.isString())
        texts.push_back(stop.toByteArray());
    for (const json::Value text : stop.elements())
        texts.push_back(text.toByteArray());
    return texts;
}

} // namespace

void traceRequest(RequestContext &context, const ChatRequest &request)
{
    if (!context.traced || !context.traced->hasSpans())
        return;
    const json::Value root = request.document.root();
    context.traced->parameters = parametersOf(root);
    if (TracedContent *content = context.traced->content.get()) {
        context.traced->parameters.stop = stopSequences(root["stop"]);
        content->setRequest(request.body);
    }
}

void traceRequest(RequestContext &context, const EmbeddingsRequest &request)
{
    if (context.traced && context.traced->hasSpans())
        context.traced->parameters = parametersOf(request.document.root());
}

void traceCall(const RequestContext &context, quint64 spanId, UpstreamRequest &call)
{
    if (context.traced && context.traced->trace)
        context.traced->trace->propagate(call.headers, spanId);
}

void traceFrames(RequestContext &context, const QByteArray &frames)
{
    if (context.traced && context.traced->content)
        context.traced->content->addFrames(frames);
}

void traceEnd(RequestContext &context)
{
    const std::unique_ptr<TracedRequest> traced = std::move(context.traced);
    if (!traced)
        return;
    traced->record = context.record;
    context.services.telemetry->add(std::move(*traced));
}

} // namespace lunargate
