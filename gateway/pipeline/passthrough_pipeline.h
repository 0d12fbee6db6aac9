// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/pipeline/read_passthrough.h"

namespace lunargate {

/// The way of a request that is passed through untranslated (completions, audio, images, files …) through the stages.
/// Its answer is passed on while it comes.
Task<> runPassthroughPipeline(RequestContext &context, PassthroughEndpoint endpoint);

} // namespace lunargate
