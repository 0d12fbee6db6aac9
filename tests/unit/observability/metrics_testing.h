// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/observability/metrics.h"
#include "gateway/observability/request_record.h"
#include "tests/unit/observability/exposition.h"

namespace lunargate::test {

inline const KnownNames kNames = {
    .providers = {"openai", "anthropic"}, .models = {"gpt-4o", "claude-sonnet-4-5"}, .routes = {"default"}};

/// A request that `openai` answered.
inline RequestRecord chat()
{
    return {.asksModel = true,
            .route = "default",
            .provider = "openai",
            .primaryProvider = "openai",
            .model = "gpt-4o",
            .status = 200};
}

/// The same, failed.
inline RequestRecord failedChat(ErrorKind kind, const char *reason, int upstreamStatus = 0,
                                const char *upstreamType = "")
{
    RequestRecord record = chat();
    record.setError({.kind = kind,
                     .reason = reason,
                     .message = "It failed.",
                     .upstreamStatus = upstreamStatus,
                     .upstreamType = upstreamType});
    return record;
}

} // namespace lunargate::test
