// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/api/model_list_page.h"
#include "gateway/http/http_request.h"
#include "gateway/json/text_writer.h"
#include "gateway/prices/price_book.h"

namespace lunargate {

/// In which form a client wants to be told of models.
enum class ModelListForm {
    OpenAi,
    Anthropic, ///< who sends `anthropic-version`
    Codex,     ///< who sends `client_version` (Codex CLI)
};

ModelListForm modelListForm(const HttpRequest &request);

/// The body of GET /v1/models.
QByteArray modelListBody(const ModelListPage &page, const PriceBook &prices, ModelListForm form);

/// The body of GET /v1/models/{id}.
QByteArray modelBody(const ModelEntry &model, const PriceBook &prices, ModelListForm form);

} // namespace lunargate
