// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/pipeline/request_context.h"

namespace lunargate {

/// A chat request's way through the stages, from its body to the last byte of its answer.
Task<> runChatPipeline(RequestContext &context);

} // namespace lunargate
