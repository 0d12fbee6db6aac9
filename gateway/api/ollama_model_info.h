// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/json/text_writer.h"
#include "gateway/routing/model_catalogue.h"

namespace lunargate::api {

/// What a model can do, in Ollama's words: `completion`, `tools`, `vision`, `thinking`, `embedding`. No provider's list
/// tells it: it is known by the names of the families that have it. Editors decide by it what they offer.
std::vector<QByteArrayView> capabilitiesOf(QByteArrayView modelName);

/// An element of `models` of GET /api/tags. Strict clients want every member.
void appendTag(json::TextWriter &json, const ModelEntry &model);

/// The answer of POST /api/show. What an alias can do is what its model can.
QByteArray modelInfo(const ModelEntry &model, const Config &config);

} // namespace lunargate::api
