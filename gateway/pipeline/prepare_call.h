// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/dialects/dialect.h"
#include "gateway/pipeline/runtime.h"
#include "gateway/routing/route_plan.h"

namespace lunargate {

/// The call of a client, whose request is normalised, as `provider` is asked. What neither the dialect's reader nor the
/// provider's writer can say is among its droppedParams. Fails as Provider::chatCall() does, in the client's own words.
PreparedCall prepareCall(const Provider &provider, const ClientCall &client, const QByteArray &model);

/// Which candidates can be asked at all: what cannot be said in chat's words goes to those alone that speak the
/// client's protocol. Empty: all can. Both must outlive it.
IsAllowed ableCandidates(const Runtime &runtime, const ChatRequest &request);

} // namespace lunargate
