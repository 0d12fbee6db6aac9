// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/trace.h"

#include "gateway/telemetry/telemetry.h"

#include <algorithm>
#include <initializer_list>

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

// The client's word, if it is one of these: any other text is not for everybody's eyes.
QByteArray knownWord(json::Value text, std::initializer_list<QByteArrayView> words)
{
    const auto word = std::ranges::find(words, text.string());
    return word == words.end() ? QByteArray() : word->toByteArray();
}

RequestParameters chatParameters(json::Value root)
{
    return {.temperature = root["temperature"].number(),
            .topP = root["top_p"].number(),
            .topK = root["top_k"].wholeNumber(),
            .frequencyPenalty = root["frequency_penalty"].number(),
            .presencePenalty = root["presence_penalty"].number(),
            .maxTokens = maxTokens(root),
            .seed = root["seed"].wholeNumber(),
            .choices = root["n"].wholeNumber(),
            .outputType = outputType(root),
            .reasoningEffort =
                knownWord(root["reasoning_effort"], {"none", "minimal", "low", "medium", "high", "xhigh", "max"})};
}

RequestParameters embeddingsParameters(json::Value root)
{
    return {.dimensions = root["dimensions"].wholeNumber(),
            .encodingFormat = knownWord(root["encoding_format"], {"float", "base64"})};
}

// Providers take five at the most. What is too long is left out: a key that is cut is not known as one.
std::vector<QByteArray> stopSequences(json::Value stop)
{
    constexpr size_t kMost = 16;
    constexpr qsizetype kLongest = 256;
    std::vector<QByteArray> texts;
    const auto add = [&texts](json::Value text) {
        if (texts.size() < kMost && !text.string().isEmpty() && text.string().size() <= kLongest)
            texts.push_back(text.toByteArray());
    };
    add(stop);
    for (const json::Value text : stop.elements())
        add(text);
    return texts;
}

} // namespace

void traceRequest(RequestContext &context, const ChatRequest &request)
{
    if (!context.traced || !context.traced->hasSpans())
        return;
    const json::Value root = request.document.root();
    context.traced->parameters = chatParameters(root);
    if (TracedContent *content = context.traced->content.get()) {
        context.traced->parameters.stop = stopSequences(root["stop"]);
        content->setRequest(request.body);
    }
}

void traceRequest(RequestContext &context, const EmbeddingsRequest &request)
{
    if (context.traced && context.traced->hasSpans())
        context.traced->parameters = embeddingsParameters(request.document.root());
}

quint64 newCallSpan(const RequestContext &context)
{
    return context.traced && context.traced->trace ? randomSpanId() : 0;
}

void traceCall(const RequestContext &context, quint64 spanId, UpstreamRequest &call)
{
    if (context.traced && context.traced->trace)
        context.traced->trace->propagate(call.headers, spanId);
    else
        passTrace(context.exchange.request.headers, call.headers);
}

Histogram *measuredChunks(const RequestContext &context)
{
    return context.traced && context.traced->isMeasured ? &context.traced->outputChunks : nullptr;
}

void traceFrames(RequestContext &context, const QByteArray &frames)
{
    if (context.traced && context.traced->content)
        context.traced->content->addFrames(frames);
}

void traceEnd(RequestContext &context)
{
    const std::unique_ptr<TracedRequest> traced = std::move(context.traced);
    if (!traced || !traced->isTold())
        return;
    traced->record = context.record;
    context.services.telemetry->add(std::move(*traced));
}

} // namespace lunargate
