// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/cache_lookup.h"

#include "gateway/pipeline/answer_headers.h"
#include "gateway/pipeline/attempt_deadlines.h"
#include "gateway/pipeline/replay_stream.h"
#include "gateway/pipeline/request_cost.h"
#include "gateway/pipeline/told_answer.h"

#include <algorithm>

namespace lunargate {

namespace {

QByteArrayView endpointName(ChatProtocol protocol)
{
    switch (protocol) {
    case ChatProtocol::OpenAiChat:
        return "chat_completions";
    case ChatProtocol::OpenAiResponses:
        return "responses";
    case ChatProtocol::AnthropicMessages:
        return "messages";
    case ChatProtocol::Ollama:
        return "ollama";
    }
    Q_UNREACHABLE_RETURN("chat_completions");
}

bool isCached(const CachingConfig &caching, const CacheSubject &subject)
{
    return caching.enabled && subject.isCacheable && (caching.streams || !subject.isStream);
}

// Responses that are stored have ids that their clients refer to.
bool isCacheable(const NativeRequest &request)
{
    if (request.protocol != ChatProtocol::OpenAiResponses)
        return true;
    const json::Value root = request.document.root();
    const bool hasConversation = root["conversation"].exists() && !root["conversation"].isNull();
    return root["store"].boolean() == false && root["background"].boolean() != true && !hasConversation;
}

std::optional<CacheKey> keyOf(const Runtime &runtime, const Caller &client, const HeaderList &clientHeaders,
                              const CacheSubject &subject, const Candidate &candidate)
{
    const ContentHash::Digest *version = runtime.providerVersions.find(candidate.providerId);
    if (!version)
        return std::nullopt;
    const bool isShared = runtime.config->caching.scope == CacheScope::Everybody;
    const QByteArray caller = isShared ? QByteArray() : client.identity();
    return cacheKey({.endpoint = subject.endpoint,
                     .modelSaid = subject.modelSaid,
                     .caller = caller,
                     .isStream = subject.isStream,
                     .body = subject.body,
                     .root = subject.root,
                     .clientHeaders = clientHeaders},
                    {.providerId = candidate.providerId,
                     .model = candidate.model,
                     .responsesUpstream = candidate.responsesUpstream,
                     .providerVersion = *version,
                     .overrides = candidate.target ? &candidate.target->overrides : nullptr});
}

} // namespace

CacheSubject cacheSubject(const ChatRequest &request)
{
    if (const auto &native = request.native) {
        const bool isRepeated = native->protocol == ChatProtocol::Ollama;
        return {.endpoint = native->path.isEmpty() ? endpointName(native->protocol) : QByteArrayView(native->path),
                .modelSaid = isRepeated ? native->document.root()["model"].string() : QByteArrayView(),
                .isStream = request.stream,
                .body = native->body,
                .root = native->document.root(),
                .isCacheable = isCacheable(*native)};
    }
    return {.endpoint = endpointName(ChatProtocol::OpenAiChat),
            .isStream = request.stream,
            .body = request.body,
            .root = request.document.root()};
}

CacheSubject cacheSubject(const EmbeddingsRequest &request)
{
    return {.endpoint = "embeddings", .isStream = false, .body = request.body, .root = request.document.root()};
}

CacheLookup::CacheLookup(RequestContext &context, const CacheSubject &subject, const RoutePlan &plan)
    : m_context(context), m_plan(plan), m_subject(subject)
{
    // Over a WebSocket even what is not stored can be gone on from.
    const bool isOverWebSocket = !context.exchange.request.webSocket.isEmpty();
    if (isOverWebSocket || !isCached(context.runtime->config->caching, subject))
        return;
    const HeaderList &clientHeaders = context.exchange.request.headers;
    const CacheDirectives directives = cacheDirectives(clientHeaders);
    if (!directives.mayAnswer && !directives.mayKeep)
        return;
    const std::optional<CacheKey> key =
        keyOf(*context.runtime, context.caller, clientHeaders, subject, plan.candidates.front());
    if (!key)
        return;
    m_key = *key;
    m_directives = directives;
}

Task<bool> CacheLookup::answer()
{
    ResponseCache &cache = *m_context.services.cache;
    SharedAnswer found = co_await cache.find(m_key);
    // A stream's followers would see nothing before its end.
    if (!found && m_directives.mayKeep && !m_subject.isStream && m_context.runtime->config->caching.singleFlight)
        found = co_await followEqualRequest();
    cache.count(bool(found));
    m_context.record.cacheUse = found ? CacheUse::Hit : CacheUse::Miss;
    m_context.exchange.response.setHeader(headers::kCacheStatus,
                                          found ? QByteArrayLiteral("HIT") : QByteArrayLiteral("MISS"));
    if (!found)
        co_return false;
    setHitHeaders(*found);
    if (m_subject.isStream) {
        co_await replayStream(m_context, std::move(found));
    } else {
        headers::setTiming(m_context.record, m_context.exchange.response);
        m_context.respond(200, "application/json", found->body, toldBody(m_context, *found));
    }
    co_return true;
}

Task<SharedAnswer> CacheLookup::followEqualRequest()
{
    ResponseCache &cache = *m_context.services.cache;
    const RequestDeadline deadline = requestDeadline(*m_context.runtime->config, m_plan, m_context.record.startedAt);
    const TimePoint begin = Clock::now();
    SingleFlight::Turn turn = co_await cache.flights().join(m_key, deadline.at);
    m_context.record.noteWait(Clock::now() - begin);
    if (!turn.lead) {
        if (turn.answer)
            cache.countShared();
        co_return std::move(turn.answer);
    }
    m_lead.emplace(*std::move(turn.lead));
    // Somebody may have kept one between the look and now.
    SharedAnswer answer = co_await cache.peek(m_key);
    if (answer) {
        m_lead->succeed(answer);
        m_lead.reset();
    }
    co_return answer;
}

void CacheLookup::setHitHeaders(const CachedAnswer &answer)
{
    RequestRecord &record = m_context.record;
    ResponseWriter &response = m_context.exchange.response;
    const Candidate &candidate = m_plan.candidates.front();
    record.provider = record.primaryProvider = candidate.providerId;
    record.model = candidate.model;
    record.savedUsage = answer.usage;
    record.savedDuration = answer.took;
    setCost(record, m_context.runtime->prices); // now, for the head of streams
    headers::setCost(record, response);
    headers::setTarget(record, response);
    headers::setAttempts(record, response);
    headers::setDroppedParams(answer.droppedParams, response);
    headers::setAge(record.startedAt - answer.storedAt, response);
}

void CacheLookup::answeredBy(const std::shared_ptr<const Provider> &provider)
{
    if (!m_directives.mayKeep)
        return;
    const Candidate *candidate = candidateOf(provider);
    if (candidate == &m_plan.candidates.front()) {
        m_answersKey = m_key;
        return;
    }
    if (candidate)
        m_answersKey =
            keyOf(*m_context.runtime, m_context.caller, m_context.exchange.request.headers, m_subject, *candidate);
    failed(); // those who wait asked for the first target
}

StreamRecording CacheLookup::recording() const
{
    return StreamRecording(m_answersKey ? m_context.runtime->config->caching.maxEntryBytes : 0);
}

void CacheLookup::keep(CachedAnswer answer)
{
    const bool isTooLarge = m_subject.isStream && answer.frameEnds.empty();
    if (!m_answersKey || isTooLarge)
        return;
    answer.took = Clock::now() - m_context.record.startedAt;
    SharedAnswer shared = m_context.services.cache->store(*m_answersKey, std::move(answer));
    if (m_lead)
        m_lead->succeed(std::move(shared));
    m_lead.reset();
}

void CacheLookup::failed()
{
    if (m_lead)
        m_lead->fail();
    m_lead.reset();
}

// A plan may hold a provider and model twice, with other overrides: these make providers of their own.
const Candidate *CacheLookup::candidateOf(const std::shared_ptr<const Provider> &provider) const
{
    const QByteArray &model = m_context.record.model;
    const auto found = std::ranges::find_if(m_plan.candidates, [&](const Candidate &candidate) {
        return candidate.model == model &&
               m_context.runtime->providers.find(candidate.providerId, candidate.responsesUpstream, candidate.target) ==
                   provider;
    });
    return found == m_plan.candidates.end() ? nullptr : &*found;
}

Task<CacheForecast> forecastCache(const Runtime &runtime, const Services &services, const Caller &caller,
                                  const HeaderList &clientHeaders, CacheSubject subject, const RoutePlan &plan)
{
    using Outcome = CacheForecast::Outcome;
    if (!isCached(runtime.config->caching, subject))
        co_return CacheForecast{.outcome = Outcome::Disabled};
    if (!cacheDirectives(clientHeaders).mayAnswer)
        co_return CacheForecast{.outcome = Outcome::Bypassed};
    const std::optional<CacheKey> key = keyOf(runtime, caller, clientHeaders, subject, plan.candidates.front());
    if (!key)
        co_return CacheForecast{.outcome = Outcome::Miss};
    const SharedAnswer answer = co_await services.cache->peek(*key);
    if (!answer)
        co_return CacheForecast{.outcome = Outcome::Miss};
    co_return CacheForecast{.outcome = Outcome::Hit, .age = services.cache->age(*answer)};
}

} // namespace lunargate
