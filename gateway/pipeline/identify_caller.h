// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/pipeline/runtime.h"
#include "gateway/pipeline/services.h"
#include "gateway/security/role.h"

#include <expected>

namespace lunargate {

/// Who sent the request, if an endpoint of that role answers it, with what is known now. Nobody in particular (without
/// a name) where no key is asked for. Fails with MissingKey, InvalidKey or Forbidden, with Overloaded while there is
/// nothing to check a token with, or with RateLimited where it is not the client's turn (`too_many_failed_attempts`).
///
/// An administrator is who shows the admin token from this machine itself: the peer is a loopback address and none of
/// `server.trusted_proxies`, and no proxy says that it speaks for somebody else. With `security` it is also whose key
/// says `admin: true`, or whose token has `admin_claim`, wherever they are; the others get `admin_required`. Without
/// it, who is elsewhere gets `admin_not_local`.
///
/// A request of the gateway's own (HttpRequest::builtInCaller) needs no key and never passes as an administrator's.
std::expected<KnownCaller, TokenVerifier::Refusal> identifyCaller(const Runtime &runtime, Services &services,
                                                                  const HttpRequest &request, Role role);

/// For who must wait for others' wrong keys. Says nothing about the one that was shown: it may not have been compared.
Error tooManyFailures(const SecurityConfig &security);

} // namespace lunargate
