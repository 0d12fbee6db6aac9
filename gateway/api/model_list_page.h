// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/error.h"
#include "gateway/routing/model_catalogue.h"

#include <span>

namespace lunargate {

/// A part of the list of models, and whether it goes on: behind the part, or before it where a client reads backwards.
struct ModelListPage
{
    std::span<const ModelEntry> models;
    bool hasMore = false;
};

/// The part that `limit`, `after_id` and `before_id` in the query of `target` name (Anthropic API reference, "List
/// models"); without a `limit` it is as long as can be, so that nobody who reads one page misses models. Fails with
/// InvalidRequest, naming the parameter; also for an id that is not in the list.
Result<ModelListPage> pageOf(std::span<const ModelEntry> models, const QByteArray &target);

} // namespace lunargate
