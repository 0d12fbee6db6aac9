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

/// What of a request the cache looks at. It lives for one call.
struct CacheSubject
{
    QByteArrayView endpoint;
    bool isStream = false;
    QByteArrayView body;
    json::Value root;
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
    /// `context` and `plan` outlive it.
    CacheLookup(RequestContext &context, const CacheSubject &subject, const RoutePlan &plan);

    /// Whether there may be an answer: then answer() is to be awaited.
    bool isWanted() const { return m_directives.mayAnswer; }
    /// Answers with what was kept, or with what an equal request gets meanwhile. False if there is nothing: the client
    /// has got nothing yet.
    Task<bool> answer();

    /// A recording of the stream that is about to begin; it records nothing if the stream is not to be kept.
    StreamRecording recording() const;
    /// The request was answered, successfully and completely, with this. To be called before the client has it all, who
    /// may ask again at once.
    void keep(CachedAnswer answer);
    /// The request failed.
    void failed();

private:
    Task<SharedAnswer> followEqualRequest();
    Task<> give(SharedAnswer answer);
    const Candidate *answeringCandidate() const;

    RequestContext &m_context;
    const RoutePlan &m_plan;
    bool m_isStream;
    CacheDirectives m_directives{.mayAnswer = false, .mayKeep = false};
    CacheKey m_requestKey; // only if one of the directives is set
    CacheKey m_key;        // likewise: with the first candidate
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

/// Looks without touching anything. `clientHeaders` are those of the request in question, which may be another one than
/// the context's; the answers are those that its caller may get.
Task<CacheForecast> forecastCache(RequestContext &context, const HeaderList &clientHeaders, CacheSubject subject,
                                  const RoutePlan &plan);

} // namespace lunargate
