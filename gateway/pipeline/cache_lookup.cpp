// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/cache_lookup.h"

#include "gateway/pipeline/answer_headers.h"
#include "gateway/pipeline/attempt_deadlines.h"
#include "gateway/pipeline/replay_stream.h"

#include <algorithm>

namespace lunargate {

namespace {

bool isCached(const CachingConfig &caching, const CacheSubject &subject)
{
    return caching.enabled && (caching.streams || !subject.isStream);
}

CacheKey keyOfRequest(const RequestContext &context, const HeaderList &clientHeaders, const CacheSubject &subject)
{
    const bool isShared = context.runtime->config->caching.scope == CacheScope::Everybody;
    const QByteArray scope = isShared ? QByteArray() : context.caller.identity();
    return requestKey({.endpoint = subject.endpoint,
                       .scope = scope,
                       .isStream = subject.isStream,
                       .body = subject.body,
                       .root = subject.root,
                       .clientHeaders = clientHeaders});
}

std::optional<CacheKey> keyOfTarget(const Runtime &runtime, const CacheKey &request, const Candidate &candidate)
{
    const ContentHash::Digest *version = runtime.providerVersions.find(candidate.providerId);
    if (!version)
        return std::nullopt;
    return targetKey(request, {.providerId = candidate.providerId,
                               .model = candidate.model,
                               .responsesUpstream = candidate.responsesUpstream,
                               .providerVersion = *version,
                               .overrides = candidate.target ? &candidate.target->overrides : nullptr});
}

} // namespace

CacheSubject cacheSubject(const ChatRequest &request)
{
    return {.endpoint = "chat_completions",
            .isStream = request.stream,
            .body = request.body,
            .root = request.document.root()};
}

CacheSubject cacheSubject(const EmbeddingsRequest &request)
{
    return {.endpoint = "embeddings", .isStream = false, .body = request.body, .root = request.document.root()};
}

CacheLookup::CacheLookup(RequestContext &context, const CacheSubject &subject, const RoutePlan &plan)
    : m_context(context), m_plan(plan), m_isStream(subject.isStream)
{
    if (!isCached(context.runtime->config->caching, subject))
        return;
    const HeaderList &clientHeaders = context.exchange.request.headers;
    const CacheDirectives directives = cacheDirectives(clientHeaders);
    if (!directives.mayAnswer && !directives.mayKeep)
        return;
    m_requestKey = keyOfRequest(context, clientHeaders, subject);
    const std::optional<CacheKey> key = keyOfTarget(*context.runtime, m_requestKey, plan.candidates.front());
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
    if (!found && m_directives.mayKeep && !m_isStream && m_context.runtime->config->caching.singleFlight)
        found = co_await followEqualRequest();
    cache.count(bool(found));
    m_context.record.cacheUse = found ? CacheUse::Hit : CacheUse::Miss;
    m_context.exchange.response.setHeader(headers::kCacheStatus, found ? "HIT" : "MISS");
    if (!found)
        co_return false;
    co_await give(std::move(found));
    co_return true;
}

Task<SharedAnswer> CacheLookup::followEqualRequest()
{
    ResponseCache &cache = *m_context.services.cache;
    const RequestDeadline deadline = requestDeadline(*m_context.runtime->config, m_plan, m_context.record.startedAt);
    SingleFlight::Turn turn = co_await cache.flights().join(m_key, deadline.at);
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

Task<> CacheLookup::give(SharedAnswer answer)
{
    RequestRecord &record = m_context.record;
    ResponseWriter &response = m_context.exchange.response;
    const Candidate &candidate = m_plan.candidates.front();
    record.provider = record.primaryProvider = candidate.providerId;
    record.model = candidate.model;
    record.savedUsage = answer->usage;
    headers::setTarget(record, response);
    headers::setDroppedParams(answer->droppedParams, response);
    const std::chrono::seconds age = m_context.services.cache->age(*answer);
    response.setHeader("Age", QByteArray::number(qint64(age.count())));
    if (m_isStream) {
        co_await replayStream(m_context, std::move(answer));
    } else {
        headers::setTiming(record, response);
        m_context.respond(200, "application/json", answer->body);
    }
}

StreamRecording CacheLookup::recording() const
{
    return StreamRecording(m_directives.mayKeep ? m_context.runtime->config->caching.maxEntryBytes : 0);
}

void CacheLookup::keep(CachedAnswer answer)
{
    if (!m_directives.mayKeep || (m_isStream && answer.frameEnds.empty()))
        return;
    const Candidate *candidate = answeringCandidate();
    if (!candidate)
        return failed();
    const bool isFirst = candidate == &m_plan.candidates.front();
    const std::optional<CacheKey> key = isFirst ? m_key : keyOfTarget(*m_context.runtime, m_requestKey, *candidate);
    if (!key)
        return failed();
    SharedAnswer shared = m_context.services.cache->store(*key, std::move(answer));
    // Those who wait asked for the first target.
    if (!isFirst)
        return failed();
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

// A plan holds no provider and model twice.
const Candidate *CacheLookup::answeringCandidate() const
{
    const RequestRecord &record = m_context.record;
    const auto found = std::ranges::find_if(m_plan.candidates, [&record](const Candidate &candidate) {
        return candidate.providerId == record.provider && candidate.model == record.model;
    });
    return found == m_plan.candidates.end() ? nullptr : &*found;
}

Task<CacheForecast> forecastCache(RequestContext &context, const HeaderList &clientHeaders, CacheSubject subject,
                                  const RoutePlan &plan)
{
    using Outcome = CacheForecast::Outcome;
    if (!isCached(context.runtime->config->caching, subject))
        co_return CacheForecast{.outcome = Outcome::Disabled};
    if (!cacheDirectives(clientHeaders).mayAnswer)
        co_return CacheForecast{.outcome = Outcome::Bypassed};
    const CacheKey request = keyOfRequest(context, clientHeaders, subject);
    const std::optional<CacheKey> key = keyOfTarget(*context.runtime, request, plan.candidates.front());
    if (!key)
        co_return CacheForecast{.outcome = Outcome::Miss};
    const SharedAnswer answer = co_await context.services.cache->peek(*key);
    if (!answer)
        co_return CacheForecast{.outcome = Outcome::Miss};
    co_return CacheForecast{.outcome = Outcome::Hit, .age = context.services.cache->age(*answer)};
}

} // namespace lunargate
