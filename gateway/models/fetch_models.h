// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/providers/provider.h"

#include <memory>

namespace lunargate {

/// Asks `provider` for its whole model list, page by page. Fails with what went wrong on any page (reason
/// `models_not_supported` if the protocol has no such list), or with UpstreamTimeout at the deadline. `network`
/// outlives the task.
Task<Result<std::vector<ProviderModel>>> fetchModels(std::shared_ptr<const Provider> provider, Transport &network,
                                                     TimePoint deadline);

} // namespace lunargate
