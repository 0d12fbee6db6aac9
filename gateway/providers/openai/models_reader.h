// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/providers/provider.h"

namespace lunargate::openai {

/// Reads a list of models: `{"data": […]}`, or the array alone. What has no id is left out. Fails with
/// UpstreamProtocol if there is no list.
Result<ModelPage> readModelList(QByteArrayView body);

} // namespace lunargate::openai
