// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/chat_answer.h"
#include "gateway/pipeline/attempt_deadlines.h"
#include "gateway/pipeline/request_context.h"
#include "gateway/pipeline/target_permit.h"
#include "gateway/providers/provider.h"
#include "gateway/routing/route_plan.h"
#include "gateway/routing/target_load.h"

#include <expected>
#include <functional>
#include <memory>
#include <vector>

namespace lunargate {

/// A provider's answer that is worth giving to the client: whole, or a stream whose first useful event is here.
struct OpenAnswer
{
    TargetPermit permit; ///< of a stream; first, so that it goes after the call

    int status = 200;   ///< of the provider's answer
    HeaderList headers; ///< likewise

    ModelAnswer whole; ///< for calls without `stream`
    std::vector<QByteArray> droppedParams;

    std::shared_ptr<const Provider> provider;
    TargetCall load;                           ///< the target is busy as long as this lives
    std::unique_ptr<UpstreamCall> call;        ///< the rest of a stream
    std::unique_ptr<ChatStreamReader> reader;  ///< with what it has read so far
    std::vector<ChatStreamEvent> events;       ///< read but not yet given to the client
    std::optional<AttemptDeadlines> deadlines; ///< of the rest; always set by attempt()
};

using AttemptResult = std::expected<OpenAnswer, UpstreamFailure>;

/// What holds for one attempt.
struct AttemptTerms
{
    RequestDeadline deadline;
    /// An answer of which a content filter left nothing is a failure, because another target may have one.
    bool refusesFiltered = false;
    bool isHedge = false;       ///< another target is being asked already
    bool isRetry = false;       ///< the same target was asked before
    quint64 spanId = 0;         ///< of the attempt in the request's trace; 0: it has none
    milliseconds backOff = 0ms; ///< that was waited before it, since the attempt before at this target
};

/// What is asked, in the words of one provider: a chat, embeddings … Called once an attempt.
using Prepare = std::function<PreparedCall(const Provider &, const Candidate &)>;

/// One call: asks one provider once, and waits until its answer is either usable or has failed. The client has got
/// nothing yet when this ends. Destroying the task aborts the call. tryTarget() counts it and decides what follows.
/// `phases` is set when the provider answered or the call broke before.
Task<AttemptResult> attempt(RequestContext &context, const Prepare &prepare, const Candidate &candidate,
                            const AttemptTerms &terms, std::optional<PhaseTimes> &phases);

} // namespace lunargate
