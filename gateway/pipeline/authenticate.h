// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/pipeline/request_context.h"
#include "gateway/security/role.h"

namespace lunargate {

/// How many bodies a worker lets come of whom it does not know yet whether they may: so many for each time that public
/// keys are fetched.
class PendingBodies
{
public:
    bool admit(quint64 fetch)
    {
        if (std::exchange(m_fetch, fetch) != fetch)
            m_count = 0;
        return m_count++ < kMost;
    }

private:
    static constexpr int kMost = 32;

    std::optional<quint64> m_fetch;
    int m_count = 0;
};

/// Who sent the request, if an endpoint of that role answers it, with what is known now. Nobody in particular (without
/// a name) where no key is asked for. Fails with MissingKey, InvalidKey or Forbidden, or with Overloaded while there
/// are no public keys to check a token with.
///
/// With `security` an administrator is whose key says `admin: true`, or whose token has `admin_claim`: others get
/// `admin_required`, and if there is neither, nobody is one. Without `security` it is whoever sits at this machine: the
/// peer is a loopback address and none of `server.trusted_proxies`, and no proxy says that it speaks for somebody else
/// (`admin_not_local`).
std::expected<KnownCaller, TokenVerifier::Refusal> identifyCaller(const Runtime &runtime, Services &services,
                                                                  const HttpRequest &request, Role role);

/// What a worker has for requests whose body has not come.
struct Gatekeeper
{
    Services &services;
    Transport &network;
    BackgroundTasks &background;
    PendingBodies &pending;
};

/// Whether authenticate() may let the request pass: asked before its body comes. Public keys that are needed to tell
/// are being fetched from now on.
bool mayPass(const std::shared_ptr<const Runtime> &runtime, const Gatekeeper &worker, const HttpRequest &request,
             Role role);

/// Stage 2: identifyCaller(), which `context.caller` then tells. May wait for public keys to be fetched. The answer to
/// a wrong key or token is held back if its sender showed others before. Where too many wait already, a key that was
/// not right of late is compared only if it is its turn, and it fails with RateLimited (`too_many_failed_attempts`).
Task<Result<void>> authenticate(RequestContext &context, Role role);

} // namespace lunargate
