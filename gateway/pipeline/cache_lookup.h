// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/cache/response_cache.h"
#include "gateway/cache/request_directives.h"
#include "gateway/cache/stream_recording.h"
#include "gateway/chat/chat_request.h"
#include "gateway/chat/embeddings_request.h"
#include "gateway/pipeline/request_context.h"
#include "gateway/routing/route_plan.h"

namespace lunargate {

/// What of a request the cache looks at. Refers to the request's body and document.
struct CacheSubject
{
    QByteArrayView endpoint;
    QByteArrayView modelSaid = {}; ///< see KeyedRequest
    bool isStream = false;
    QByteArrayView body;
    json::Value root;
    bool isCacheable = true; ///< its answer means the same for whoever asks next
};
CacheSubject cacheSubject(const ChatRequest &request);
CacheSubject cacheSubject(const EmbeddingsRequest &request);

/// Stage 7: a request's dealings with the cache, from the plan to its end. It looks for an answer of the target that
/// the plan names first, and keeps what is answered under the name of the target that really answered. While it leads
/// equal requests, they wait for keep() or failed(); going without either, as when the client leaves, it lets another
/// one lead. Does nothing where nothing is cached.
class CacheLookup
{
public:
    /// `context` and `plan` outlive it; `subject` is needed until it is known who answered.
    CacheLookup(RequestContext &context, const CacheSubject &subject, const RoutePlan &plan);

    /// Whether there may be an answer: then answer() is to be awaited.
    bool isWanted() const { return m_directives.mayAnswer; }
    /// Answers with what was kept, or with what an equal request gets meanwhile. False if there is nothing: the client
    /// has got nothing yet.
    Task<bool> answer();

    /// `provider` answered, successfully so far: what comes is kept under the key of that target.
    void answeredBy(const std::shared_ptr<const Provider> &provider);
    /// A recording of the stream that is about to begin; it records nothing if the stream is not to be kept.
    StreamRecording recording() const;
    /// The request was answered, successfully and completely, with this. To be called before the client has it all, who
    /// may ask again at once.
    void keep(CachedAnswer answer);
    /// The request failed.
    void failed();

private:
    Task<SharedAnswer> followEqualRequest();
    void setHitHeaders(const CachedAnswer &answer);
    const Candidate *candidateOf(const std::shared_ptr<const Provider> &provider) const;

    RequestContext &m_context;
    const RoutePlan &m_plan;
    CacheSubject m_subject;
    CacheDirectives m_directives{.mayAnswer = false, .mayKeep = false};
    CacheKey m_key;                       // with the plan's first candidate; only if one of the directives is set
    std::optional<CacheKey> m_answersKey; // with the one that answered, if its answer may be kept
    std::optional<SingleFlight::Lead> m_lead;
};

/// What the cache would do with a request.
struct CacheForecast
{
    enum class Outcome {
        Disabled, ///< nothing is cached, or no streams
        Bypassed, ///< the client's headers forbid it
        Miss,
        Hit,
    };

    Outcome outcome = Outcome::Disabled;
    std::chrono::seconds age{0}; ///< of a hit
};

/// Looks without touching anything. The answers are those that `caller` may get.
Task<CacheForecast> forecastCache(const Runtime &runtime, const Services &services, const Caller &caller,
                                  const HeaderList &clientHeaders, CacheSubject subject, const RoutePlan &plan);

} // namespace lunargate
