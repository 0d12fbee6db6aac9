// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/collector/collected_request.h"

namespace lunargate {

// What was said, as the collector gets it: JSON without secrets. Empty where there is nothing to tell.

/// The client's request, with the parameters that were used in `_lunargate.inference_parameters`.
QByteArray sharedRequest(const CollectedRequest &request);

/// The answer; a stream as the chat.completion that it makes, with the request's id.
QByteArray sharedResponse(const CollectedRequest &request);

} // namespace lunargate
