// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/chat_request.h"
#include "gateway/pipeline/request_context.h"
#include "gateway/routing/model_selection.h"

namespace lunargate {

/// Stage 5: rates a request that leaves the model open; the headers that routes can match on. None if model selection
/// is off or the client named a model.
HeaderList selectModel(const RequestContext &context, const ChatRequest &request, const RequestedModel &requested);

/// The user's texts, and whether there are tools. Of a normalised request, to which the result refers.
SelectionInput selectionInput(const ChatRequest &request);

} // namespace lunargate
