// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/pipeline/request_context.h"
#include "gateway/security/role.h"

namespace lunargate {

/// Who sent the request, if an endpoint of that role answers it. Nobody in particular (without a name) where no key is
/// asked for. Fails with MissingKey, InvalidKey or Forbidden.
///
/// With `security` an administrator is whose key says `admin: true`: others get `admin_required`, and if there is no
/// such key, nobody is one. Without `security` it is whoever sits at this machine: the peer is a loopback address, and
/// no proxy says that it speaks for somebody else (`admin_not_local`).
Result<KnownCaller> identifyCaller(const Runtime &runtime, const HttpRequest &request, Role role);

/// Stage 2: identifyCaller(), which `context.caller` then tells. The answer to a wrong key is held back if its sender
/// showed others before; where too many wait already, it fails with RateLimited (`too_many_failed_attempts`).
Task<Result<void>> authenticate(RequestContext &context, Role role);

} // namespace lunargate
