// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/count_tokens.h"

#include "gateway/chat/text_tokens.h"
#include "gateway/json/writer.h"
#include "gateway/pipeline/answer_headers.h"
#include "gateway/pipeline/chat_pipeline.h"
#include "gateway/pipeline/collect.h"
#include "gateway/pipeline/counted_attempt.h"
#include "gateway/pipeline/normalise.h"
#include "gateway/pipeline/trace.h"

namespace lunargate {

namespace {

// Roles and the borders of messages; with both as Anthropic's documentation counts its example ("Token counting").
constexpr qint64 kMessageTokens = 3;
constexpr qint64 kRequestTokens = 1;
// The prompt that Anthropic adds for tools (Anthropic docs, "Tool use", "Pricing").
constexpr qint64 kAnthropicToolPrompt = 346;
// A picture of about a million pixels (Anthropic docs, "Vision"); its size is not looked at.
constexpr qint64 kImageTokens = 1500;
// A page of a PDF, of which 64 KiB are taken for one (Anthropic docs, "PDF support": 1,500 to 3,000 tokens a page).
constexpr qint64 kPageTokens = 2000;
constexpr qint64 kPageBytes = qint64(64) * 1024;

void addPart(TextTokens &tokens, const ContentPart &part)
{
    switch (part.kind) {
    case ContentPart::Kind::Text:
    case ContentPart::Kind::Refusal:
        tokens.add(part.text);
        break;
    case ContentPart::Kind::Image:
        tokens.addTokens(kImageTokens);
        break;
    case ContentPart::Kind::File:
        tokens.addTokens((part.url.size() + kPageBytes) / kPageBytes * kPageTokens);
        break;
    case ContentPart::Kind::Audio:
    case ContentPart::Kind::Other:
        break;
    }
}

// What was thought in earlier turns is no input (Anthropic docs, "Thinking").
void addMessage(TextTokens &tokens, const ChatMessage &message)
{
    tokens.addTokens(kMessageTokens);
    for (const ContentPart &part : message.content)
        addPart(tokens, part);
    for (const ToolCall &call : message.toolCalls) {
        tokens.add(call.name);
        tokens.add(call.arguments);
    }
}

// The caller may not be refused for a call that costs nothing because this one target has no such thing.
bool isFinal(const UpstreamFailure &failure)
{
    const int status = failure.error.upstreamStatus;
    return failure.fromProvider && (status == 400 || status == 401 || status == 403 || status == 413 || status == 429);
}

void respondCount(RequestContext &context, const QByteArray &body)
{
    headers::setTiming(context.record, context.exchange.response);
    context.respond(200, "application/json", body);
}

// Nothing if the target cannot count.
std::optional<PreparedCall> prepareCount(const RequestContext &context, const Candidate &candidate,
                                         const ChatRequest &request)
{
    const std::shared_ptr<const Provider> provider =
        context.runtime->providers.find(candidate.providerId, candidate.responsesUpstream, candidate.target);
    return provider ? provider->tokenCountCall(request, candidate.model) : std::nullopt;
}

// Once, and without a word to the circuit and to balancing: how counting fares says nothing about model calls.
Task<AttemptResult> askOnce(RequestContext &context, PreparedCall call, const RoutePlan &plan)
{
    Candidate candidate = plan.candidates.front();
    candidate.load = nullptr;
    const Prepare prepare = [&call](const Provider &, const Candidate &) { return std::move(call); };
    const AttemptTerms terms{
        .deadline = requestDeadline(*context.runtime->config, plan, context.record.startedAt),
        .spanId = newCallSpan(context),
    };
    TargetPermit permit = TargetPermit::withoutVerdict(context.services, candidate);
    collectStart(context);
    co_return co_await countedAttempt(context, prepare, candidate, terms, permit);
}

void respondEstimate(RequestContext &context, const ChatRequest &request, const Candidate &candidate)
{
    const bool forAnthropic = candidate.provider->protocol == Protocol::Anthropic;
    respondCount(context, R"({"input_tokens":)" + QByteArray::number(estimatedTokens(request, forAnthropic)) + '}');
}

} // namespace

Task<> countTokens(RequestContext &context, Result<std::unique_ptr<ClientCall>> call)
{
    if (!call)
        co_return context.respondError(call.error());
    ChatRequest &request = (*call)->request;
    request.stream = false;
    context.record.modelAsked = request.model;
    if (const Result<void> normalised = normalise(request); !normalised)
        co_return context.respondError(normalised.error());
    Result<RoutePlan> plan = foreseeChat(context, request);
    if (!plan)
        co_return context.respondError(plan.error());

    plan->candidates.resize(1); // another one counts otherwise
    const Candidate &candidate = plan->candidates.front();
    std::optional<PreparedCall> counting = prepareCount(context, candidate, request);
    if (!counting)
        co_return respondEstimate(context, request, candidate);
    AttemptResult answer = co_await askOnce(context, *std::move(counting), *plan);
    if (!answer && isFinal(answer.error()))
        co_return context.respondFailure(answer.error());
    if (!answer)
        co_return respondEstimate(context, request, candidate);
    headers::copyProviderHeaders(answer->headers, context.exchange.response, request.protocol());
    headers::setTarget(context.record, context.exchange.response);
    respondCount(context, answer->whole.body);
}

qint64 estimatedTokens(const ChatRequest &request, bool forAnthropic)
{
    TextTokens tokens;
    tokens.addTokens(kRequestTokens);
    if (!request.conversation) {
        tokens.add(request.native ? request.native->body : request.body);
        return tokens.count();
    }
    for (const ChatMessage &message : request.conversation->messages)
        addMessage(tokens, message);
    for (const ToolDefinition &tool : request.conversation->tools)
        tokens.add(json::toText(tool.raw));
    if (forAnthropic && !request.conversation->tools.empty())
        tokens.addTokens(kAnthropicToolPrompt);
    return tokens.count();
}

} // namespace lunargate
