// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/services.h"

#include "gateway/observability/known_names.h"
#include "gateway/routing/round_robin_state.h"
#include "gateway/security/failed_attempts.h"
#include "gateway/security/public_key_stores.h"

namespace lunargate {

Services::Services(const Config &config)
    : metrics(knownNames(config)),
      turns(std::make_shared<RoundRobinState>()),
      failedAttempts(std::make_shared<FailedAttempts>()),
      publicKeys(std::make_shared<PublicKeyStores>())
{
}

// A service with settings of its own compares them and takes over what differs: one line each.
void Services::apply(const Config &, const Config &now)
{
    metrics.setKnownNames(knownNames(now));
}

} // namespace lunargate
