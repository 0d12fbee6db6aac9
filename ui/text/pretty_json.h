// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/json/document.h"

#include <QString>

namespace lunargate::ui {

/// The text's document; nothing if it is no JSON, or so deep (512 levels) that walking through it could take more stack
/// than there is.
std::optional<json::Document> shallowJson(const QByteArray &text);

/// Of a document of shallowJson(), with two spaces for each of the first 20 levels; numbers and members as they are
/// written.
QString prettyJson(json::Value value);
/// The same of a text; as it is, if it is no JSON or too deep.
QString prettyJson(const QByteArray &text);

} // namespace lunargate::ui
