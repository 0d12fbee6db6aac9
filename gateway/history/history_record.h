// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/usage.h"
#include "gateway/http/header_list.h"
#include "gateway/observability/attempt_record.h"
#include "gateway/observability/client_details.h"

#include <QByteArray>

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <vector>

namespace lunargate {

struct RequestRecord;

/// One call to a provider, as it is kept.
struct HistoryAttempt
{
    QByteArray provider = {};
    QByteArray model = {};
    QByteArray outcome = {};                                    ///< as in the metrics, for example `rate_limited`
    int status = 0;                                             ///< 0: the provider did not answer
    QByteArray error = {};                                      ///< stable token, empty on success
    QByteArray errorCode = {};                                  ///< the provider's own
    std::chrono::microseconds startedAfter{0};                  ///< since the request's start
    std::chrono::microseconds waited{0};                        ///< before it
    std::optional<std::chrono::microseconds> timeToFirstByte{}; ///< since its own start
    std::chrono::microseconds duration{0};
    std::optional<PhaseTimes> phases{}; ///< empty: not known

    bool operator==(const HistoryAttempt &) const = default;
};

/// A piece of a stream: where it ends in the body, and when it came.
struct HistoryFrame
{
    std::chrono::microseconds at{0}; ///< since the request's start
    qint64 end = 0;                  ///< one past its last byte

    bool operator==(const HistoryFrame &) const = default;
};

/// What went one way between two of client, gateway and provider.
struct HistoryMessage
{
    HeaderList headers = {}; ///< credentials are taken out before it is kept
    QByteArray body = {};    ///< of a stream: all of it
    std::vector<HistoryFrame> frames = {};
    qint64 leftOut = 0; ///< bytes of the body that are not here, because it was too long
};

/// The four ways. The numbers are those of the database.
enum class HistoryPart { ClientRequest, ProviderRequest, ProviderAnswer, ClientAnswer };
inline constexpr size_t kHistoryParts = 4;

struct HistoryMessages
{
    std::array<std::optional<HistoryMessage>, kHistoryParts> parts = {};

    std::optional<HistoryMessage> &operator[](HistoryPart part) { return parts[static_cast<size_t>(part)]; }
    const std::optional<HistoryMessage> &operator[](HistoryPart part) const { return parts[static_cast<size_t>(part)]; }
};

/// What is kept of one request that asked for a model.
struct HistoryRecord
{
    /// Where it stands in the history: the microseconds since 1970 at which it began, times kPositionsInMicrosecond,
    /// plus a number that tells it from others of the same microsecond.
    qint64 position = 0;
    QByteArray id = {};
    QByteArray clientRequestId = {};
    QByteArray endpoint = {}; ///< `chat_completions`, `embeddings` …
    QByteArray caller = {};   ///< name of the key or token; empty: none
    ClientDetails client = {};
    QByteArray route = {};
    QByteArray provider = {};    ///< the one used last
    QByteArray model = {};       ///< likewise, without provider prefix
    QByteArray modelAsked = {};  ///< the client's text
    QByteArray modelServed = {}; ///< as the provider names it
    QByteArray finishReason = {};

    int status = 0;
    QByteArray error = {}; ///< stable token, empty on success
    QByteArray errorType = {};
    QByteArray errorMessage = {};

    bool stream = false;
    bool fallbackUsed = false;
    bool isHedged = false;
    QByteArray cache = "none"; ///< `none`, `miss`, `hit`
    int attemptCount = 0;
    int retries = 0;
    std::vector<HistoryAttempt> attempts = {}; ///< of them, a bounded number

    std::optional<std::chrono::microseconds> timeToUpstream = {};
    std::optional<std::chrono::microseconds> timeToFirstByte = {};
    std::chrono::microseconds duration{0};

    std::optional<Usage> usage = {}; ///< without `cost`, which is below
    std::optional<double> costUsd = {};
    QByteArray costSource = {}; ///< who says so, `unknown` if nobody does; empty: no provider served it
    qint64 savedTokens = 0;     ///< what an answer from the cache had cost when it was given first
    std::optional<double> savedUsd = {};
    std::chrono::microseconds savedTime{0}; ///< how much longer it took then
    qint64 bytesIn = 0;
    qint64 bytesOut = 0;

    /// The bodies; null: none were kept, or they were not asked for.
    std::shared_ptr<const HistoryMessages> messages = nullptr;

    std::chrono::sys_time<std::chrono::microseconds> time() const;
    /// About how much memory it takes.
    qint64 bytes() const;
};

/// A record on its way from the worker to the memory and to the database, which share it. Nobody changes it any more
/// once what must not be kept was taken out.
using SharedHistoryRecord = std::shared_ptr<HistoryRecord>;

inline constexpr qint64 kPositionsInMicrosecond = 1024;

/// The first position of that time.
qint64 positionOf(std::chrono::sys_time<std::chrono::microseconds> time);

/// Calls `visit` with every text of a record that somebody else wrote.
template <typename Record, typename Visit>
void visitTexts(Record &record, Visit visit)
{
    auto &client = record.client;
    for (auto *text : {&record.id,        &record.clientRequestId, &record.endpoint,     &record.caller,
                       &client.userAgent, &client.application,     &client.user,         &client.session,
                       &client.agent,     &client.parentAgent,     &record.route,        &record.provider,
                       &record.model,     &record.modelAsked,      &record.modelServed,  &record.finishReason,
                       &record.error,     &record.errorType,       &record.errorMessage, &record.costSource})
        visit(*text);
    for (auto &attempt : record.attempts) {
        for (auto *text : {&attempt.provider, &attempt.model, &attempt.error, &attempt.errorCode})
            visit(*text);
    }
}

/// What is kept of `record`, which must be finished; the position is the first of its time. Any thread, at little cost.
HistoryRecord historyRecord(const RequestRecord &record);

} // namespace lunargate
