// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/dialects/openai_responses/translation.h"
#include "gateway/json/document.h"
#include "gateway/json/document_writer.h"

#include <vector>

namespace lunargate::responses {

/// A content part, or a content that is a text, and where it stands: for errors.
struct PlacedPart
{
    json::Value value;
    QByteArray place;
};

/// Whether a content part is plain text, of whatever role.
bool isTextPart(json::Value part);

/// The parts of the content of an item at `place`.
std::vector<PlacedPart> partsOf(json::Value content, const QByteArray &place, Translation &translation);

/// Writes a message's content in chat's form; `parts` is not empty. Types that are not known pass as they are:
/// providers refuse by name what they cannot take.
void writeContent(json::DocumentWriter &json, const std::vector<PlacedPart> &parts, Translation &translation);

/// The texts of a list of parts, a line each.
QByteArray joinedTexts(json::Value parts);

} // namespace lunargate::responses
