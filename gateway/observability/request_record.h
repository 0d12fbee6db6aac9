// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/time.h"
#include "gateway/chat/usage.h"
#include "gateway/error.h"
#include "gateway/observability/attempt_record.h"
#include "gateway/observability/chunk_gaps.h"
#include "gateway/observability/client_details.h"
#include "gateway/prices/cost.h"

#include <QByteArray>

#include <chrono>
#include <optional>
#include <vector>

namespace lunargate {

/// Whether a request was looked for in the cache, and found there.
enum class CacheUse { None, Miss, Hit };

/// What is told about one request when it is over: filled along its life, then read by the metrics, the access log and
/// the history. It holds no body and no secret, and of the headers only those of ClientDetails.
struct RequestRecord
{
    QByteArray requestId = {};
    QByteArray clientRequestId = {}; ///< what the client called it; empty if it did not
    QByteArray method = {};
    QByteArray path = {};      ///< of the URL, without the query
    QByteArray endpoint = {};  ///< our name of it, for example `chat_completions`
    bool asksModel = false;    ///< chat, responses, embeddings: yes; health, models, metrics: no
    bool isTurnedAway = false; ///< it was not let in: a wrong key, a web page, a limit, no whole request …

    QByteArray caller = {};    ///< name of the key or token that the client showed; empty: none
    ClientDetails client = {}; ///< of requests that ask for a model
    QByteArray route = {};
    QByteArray provider = {};        ///< the one used last
    QByteArray primaryProvider = {}; ///< the first target's; empty if no target was picked
    QByteArray model = {};           ///< the one used last, without provider prefix
    QByteArray modelAsked = {};      ///< the client's text
    QByteArray modelServed = {};     ///< as the provider that answered names it; empty: it did not
    QByteArray responseId = {};      ///< likewise, as it calls the answer
    QByteArray finishReason = {};    ///< why the model stopped, in the words of OpenAI's chat protocol; empty: not told
    bool stream = false;
    int attempts = 0;                               ///< calls sent to providers
    std::vector<AttemptRecord> attemptRecords = {}; ///< of them, kMostAttemptRecords at most; see addAttempt()
    int retries = 0;                                ///< attempts that repeated the target before
    bool fallbackUsed = false;                      ///< a fallback target gave the answer; false if all targets failed
    bool fallbackTried = false;                     ///< a fallback target was asked, whatever came of it
    bool isHedged = false;                          ///< a second target was asked while the first one was still silent
    bool isExhausted = false;                       ///< every try that made sense was made, and all failed

    CacheUse cacheUse = CacheUse::None;

    int status = 0; ///< of the answer; of the error if a stream broke later; 499 if the client went away
    std::optional<ErrorKind> errorKind = {}; ///< empty on success
    QByteArray errorReason = {};             ///< stable token, empty on success
    QByteArray errorMessage = {};            ///< what the client was told
    QByteArray errorType = {};

    std::optional<Usage> usage = {};           ///< nothing for an answer from the cache: nobody was paid for it
    std::optional<Usage> savedUsage = {};      ///< what an answer from the cache had cost when it was given first
    std::chrono::nanoseconds savedDuration{0}; ///< how long it took then; 0: it is not from the cache
    std::optional<Cost> cost = {};       ///< nothing where there was nothing to pay for: no call, or only failed ones
    std::optional<Money> savedCost = {}; ///< what `savedUsage` would cost; empty also if nobody knows
    qsizetype requestTextBytes = 0;      ///< of the messages, to estimate the usage of streams that were cut
    qsizetype streamedTextBytes = 0;     ///< of the content that was streamed, likewise
    qint64 bytesIn = 0;                  ///< the request's body
    qint64 bytesOut = 0;                 ///< the answer's body

    std::chrono::system_clock::time_point time = std::chrono::system_clock::now(); ///< when `startedAt` was
    TimePoint startedAt = Clock::now();                                            ///< its first byte came
    TimePoint readAt = Clock::now();                                               ///< all of it was there
    std::chrono::nanoseconds waited{0}; ///< before the first attempt: for a slot, an equal request, somebody's keys
    std::optional<TimePoint> upstreamStartedAt = {}; ///< the first attempt was sent
    std::optional<TimePoint> firstByteAt = {};       ///< the first useful byte came from the provider that answered
    std::optional<TimePoint> finishedAt = {};        ///< the last byte was handed to the client, or it was given up
    ChunkGaps chunkGaps = {};                        ///< of a stream
    std::chrono::nanoseconds passingOn{0};           ///< of a stream: what the gateway was busy with it

    static constexpr size_t kMostAttemptRecords = 32;

    /// Notes how the request failed: status, kind, reason and type.
    void setError(const Error &error);

    /// Adds what is told of an attempt that is over, or that goes on as the client's answer. Once the list is full, the
    /// newest takes the place of the one before it.
    void addAttempt(AttemptRecord attempt);
    /// The answer that is coming broke.
    void breakAttempt(const Error &error);
    /// The request is over. Brings the attempts into the order of their start, and returns how the answer ended that
    /// was still coming; nothing if none was.
    std::optional<AttemptOutcome> finish();

    /// The gateway waited for others. It counts only as long as no provider was called; see ownTime().
    void noteWait(std::chrono::nanoseconds length);

    bool hasFailed() const { return errorKind.has_value(); }

    /// From start to end; until now while the request is running.
    std::chrono::nanoseconds duration() const;
    /// From start to the first useful byte.
    std::optional<std::chrono::nanoseconds> timeToFirstByte() const;
    /// From start to the first attempt.
    std::optional<std::chrono::nanoseconds> timeToUpstream() const;
    /// What the gateway itself took: from the whole request to the first attempt (but for `waited`), and to pass the
    /// answer on.
    /// Empty if nobody was asked.
    std::optional<std::chrono::nanoseconds> ownTime() const;
};

} // namespace lunargate
