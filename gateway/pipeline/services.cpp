// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/services.h"

#include "gateway/observability/known_names.h"
#include "gateway/routing/round_robin_state.h"
#include "gateway/routing/target_loads.h"

namespace lunargate {

Services::Services(const Config &config)
    : metrics(knownNames(config)), turns(std::make_shared<RoundRobinState>()), loads(std::make_shared<TargetLoads>())
{
}

} // namespace lunargate
