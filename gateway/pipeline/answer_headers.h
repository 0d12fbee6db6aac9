// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/native_request.h"
#include "gateway/http/header_list.h"
#include "gateway/http/response_writer.h"
#include "gateway/observability/request_record.h"

#include <chrono>
#include <vector>

// The header fields that the gateway adds to answers.
namespace lunargate::headers {

inline constexpr char kRequestId[] = "X-LunarGate-Request-ID";
inline constexpr char kRoute[] = "X-LunarGate-Route";
inline constexpr char kProvider[] = "X-LunarGate-Provider";
inline constexpr char kModel[] = "X-LunarGate-Model"; ///< what was really sent, PROVIDER/MODEL
inline constexpr char kAttempts[] = "X-LunarGate-Attempts";
inline constexpr char kFallbackUsed[] = "X-LunarGate-Fallback-Used";
inline constexpr char kHedged[] = "X-LunarGate-Hedged"; ///< a second target was asked while the first one was silent
inline constexpr char kLatency[] = "X-LunarGate-Latency-Ms";
inline constexpr char kOverhead[] = "X-LunarGate-Overhead-Duration-Ms";
inline constexpr char kErrorSource[] = "X-LunarGate-Error-Source";     ///< `gateway` or `upstream`
inline constexpr char kDroppedParams[] = "X-LunarGate-Dropped-Params"; ///< what the provider could not be told
inline constexpr char kCacheStatus[] = "X-LunarGate-Cache-Status";     ///< `HIT` or `MISS`; none: nobody looked
inline constexpr char kCost[] = "X-LunarGate-Cost-USD";                ///< `unknown` where it is
inline constexpr char kCostSaved[] = "X-LunarGate-Cost-Saved-USD";     ///< by an answer from the cache
inline constexpr char kUpstreamRequestId[] = "X-LunarGate-Upstream-Request-ID";

/// Provider headers that help clients: rate limits (also in the names of the client's dialect), waits, the provider's
/// own request id under our name. What is set already stays.
void copyProviderHeaders(const HeaderList &from, ResponseWriter &response, ChatProtocol client);

/// Who served the request, or told the error.
void setTarget(const RequestRecord &record, ResponseWriter &response);
/// How many calls it took, and whether others than the first target were asked.
void setAttempts(const RequestRecord &record, ResponseWriter &response);
/// Since when the answer is kept (RFC 9111 section 5.1); below zero counts as zero.
void setAge(std::chrono::nanoseconds age, ResponseWriter &response);
/// What the client asked for and the provider could not be told; nothing if that is empty.
void setDroppedParams(const std::vector<QByteArray> &names, ResponseWriter &response);
/// How long the whole took so far, and how long the gateway took before the first call to a provider.
void setTiming(const RequestRecord &record, ResponseWriter &response);
/// Only the second of these, for streams.
void setOverhead(const RequestRecord &record, ResponseWriter &response);

/// What the request cost, where a provider or the cache served it.
void setCost(const RequestRecord &record, ResponseWriter &response);

/// Asks whoever is between here and the client not to collect or keep the answer.
void forbidBuffering(ResponseWriter &response);

/// Begins a stream of events that nobody between here and the client may collect or keep.
void startStream(QByteArrayView contentType, ResponseWriter &response);

/// Whole seconds, rounded up (RFC 9110 section 10.2.3).
QByteArray retryAfterSeconds(std::chrono::milliseconds wait);

} // namespace lunargate::headers
