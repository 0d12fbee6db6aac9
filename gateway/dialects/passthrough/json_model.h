// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/error.h"
#include "gateway/json/document.h"
#include "gateway/json/members.h"

#include <optional>

namespace lunargate::passthrough {

/// What the gateway reads of a JSON body that it passes on.
struct JsonModel
{
    QByteArray model;                      ///< empty: the client names none
    std::optional<json::Range> place = {}; ///< of its value in the body, which may be null
    bool isStream = false;
    qsizetype textBytes = 0;              ///< of the prompt, to estimate its tokens
    std::optional<qint64> maxTokens = {}; ///< of the answer
};

/// Reads `body`, an object. Fails with InvalidRequest, naming the place or the field at fault.
Result<JsonModel> readJsonModel(QByteArrayView body, int maxDepth);

} // namespace lunargate::passthrough
