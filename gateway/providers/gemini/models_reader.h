// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/providers/provider.h"

namespace lunargate::gemini {

/// Where a page of the model list is, below the base URL. `page` is the page token; empty: the first page.
QByteArray modelsPath(const QByteArray &page);

/// Reads a page (Gemini API reference, "models.list"): the models that chat or embed. Fails with UpstreamProtocol.
Result<ModelPage> readModels(const QByteArray &body);

} // namespace lunargate::gemini
