// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/dialects/openai_responses/responses_call.h"
#include "gateway/pipeline/request_context.h"
#include "gateway/responses/response_store.h"

namespace lunargate::api {

/// Who owns what the client of a WebSocket does not want kept: it lasts as long as the connection at most.
QByteArray connectionOwner(const Caller &caller, const QByteArray &webSocket);

/// The response of that id that the caller may refer to; null if there is none.
SharedResponse findResponse(const RequestContext &context, const QByteArray &id);

/// What the body refers to, as far as it is kept here. Fails with InvalidRequest where that is somebody else's
/// (`previous_response_not_found`, `item_not_found`); what nobody is known to have may be the provider's.
Result<responses::EarlierTurns> earlierTurns(const RequestContext &context, const responses::ResponsesBody &body);

/// Keeps what came of a call for whoever made it; empty if it does not want that, or nothing may be kept
/// (`stored_responses`).
responses::OnFinished keeper(const RequestContext &context, const responses::ResponsesBody &body);

/// Keeps `object`, the response as its provider tells it now, in place of `known`, if that is still what is kept of it.
void keepNewer(const RequestContext &context, const SharedResponse &known, const QByteArray &object);

} // namespace lunargate::api
