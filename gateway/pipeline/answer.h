// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/pipeline/attempt.h"
#include "gateway/pipeline/cache_lookup.h"

namespace lunargate {

/// What is known of the answer that comes now, beside what the provider says.
AnswerFacts factsOf(const RequestContext &context);

/// Stage 10: gives the provider's answer to the client. A stream is read only as fast as the client takes it; what
/// breaks now is told inside of it, since nothing can be tried again once the client has a part. A whole answer is kept
/// in the cache, if it may be. `open` is of no use afterwards; it lasts as long as the task.
Task<> answer(RequestContext &context, ClientCall &call, OpenAnswer &open, CacheLookup &cache);

/// The same for a call whose answer is whole and in the client's own dialect. `told`: what collector and OpenTelemetry
/// get instead; empty: the same.
void answerWhole(RequestContext &context, OpenAnswer open, CacheLookup &cache, const QByteArray &told = {});

} // namespace lunargate
