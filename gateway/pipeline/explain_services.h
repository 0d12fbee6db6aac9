// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/task.h"
#include "gateway/pipeline/explain.h"
#include "gateway/pipeline/services.h"
#include "gateway/security/caller.h"

#include <QHostAddress>

namespace lunargate {

/// Explains the request, with what the services of the running gateway would say to it now: whether the caller may ask
/// so, its limits, the cache, and the candidates' circuits. Takes nothing from any of them. All arguments outlive the
/// task.
Task<Explanation> explainWithServices(const Runtime &runtime, const Services &services, const Caller &caller,
                                      const ExplainedRequest &request);

/// Makes `caller` the client whose key or token is among these headers, as if they came from `peer`; without one it
/// stays as it is. Fails as a request would that shows a wrong one.
Result<void> speakFor(const Runtime &runtime, Services &services, const HeaderList &headers, const QHostAddress &peer,
                      Caller &caller);

} // namespace lunargate
