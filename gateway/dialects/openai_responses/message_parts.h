// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/dialects/openai_responses/translation.h"
#include "gateway/json/document.h"
#include "gateway/json/text_writer.h"

namespace lunargate::responses {

/// Whether a content part is plain text, of whatever role.
bool isTextPart(json::Value part);

/// Writes a content part of a message in chat's form. `place` is the part's. Types that are not known pass as they
/// are: providers refuse by name what they cannot take.
void writePart(json::TextWriter &json, json::Value part, const QByteArray &place, Translation &translation);

/// The texts of a list of parts, a line each.
QByteArray joinedTexts(json::Value parts);

} // namespace lunargate::responses
