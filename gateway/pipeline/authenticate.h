// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/pipeline/request_context.h"
#include "gateway/security/role.h"

namespace lunargate {

/// How many bodies a worker lets come, and holds, of whom it does not know yet whether they may: public keys are being
/// fetched.
class PendingBodies
{
public:
    /// A place for one more, until the last copy goes; null if all are taken.
    std::shared_ptr<const void> admit() const
    {
        return m_places.use_count() <= kMost ? m_places : nullptr; // each copy is a place
    }

private:
    static constexpr long kMost = 32;

    std::shared_ptr<const int> m_places = std::make_shared<const int>();
};

/// What a worker has for requests whose body has not come.
struct Gatekeeper
{
    Services &services;
    Transport &network;
    BackgroundTasks &background;
    PendingBodies &pending;
};

/// Whether authenticate() may let the request pass: asked before its body comes. Public keys that are needed to tell
/// are being fetched from now on, and `request` gets its place among those that wait for them.
bool mayPass(const std::shared_ptr<const Runtime> &runtime, const Gatekeeper &worker, HttpRequest &request, Role role);

/// Stage 2: identifyCaller(), which `context.caller` then tells. May wait for public keys to be fetched. The answer to
/// a wrong key or token is held back if its sender showed others before. Where too many wait already, a key that was
/// not right of late is compared only if it is its turn, and it fails with RateLimited (`too_many_failed_attempts`).
Task<Result<void>> authenticate(RequestContext &context, Role role);

} // namespace lunargate
