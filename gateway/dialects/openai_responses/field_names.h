// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/dialects/client_field.h"

namespace lunargate::responses {

/// For ClientCall::fieldNames. What is not here a client cannot say. Several items may be one message, and tools may
/// hold tools, so that these count otherwise.
inline constexpr FieldName kFieldNames[] = {
    {"messages", "input"},
    {"tools", "tools"},
    {"tool_choice", "tool_choice"},
    {"parallel_tool_calls", "parallel_tool_calls"},
    {"max_tokens", "max_output_tokens"},
    {"max_completion_tokens", "max_output_tokens"},
    {"reasoning_effort", "reasoning.effort"},
    {"reasoning", "reasoning"},
    {"response_format", "text.format"},
    {"response_format.json_schema", "text.format"},
    {"response_format.json_schema.schema", "text.format.schema"},
    {"verbosity", "text.verbosity"},
    {"logprobs", "include"},
    {"top_logprobs", "top_logprobs"},
    {"model", "model"},
    {"stream", "stream"},
    {"temperature", "temperature"},
    {"top_p", "top_p"},
    {"user", "user"},
    {"metadata", "metadata"},
    {"store", "store"},
    {"background", "background"},
    {"service_tier", "service_tier"},
    {"prompt_cache_key", "prompt_cache_key"},
    {"safety_identifier", "safety_identifier"},
};

} // namespace lunargate::responses
