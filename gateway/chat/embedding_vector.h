// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/json/document.h"

#include <QByteArray>
#include <QByteArrayView>

#include <optional>
#include <span>
#include <vector>

// A vector in the two forms that clients of OpenAI's embeddings ask for (OpenAI API reference, "encoding_format").
namespace lunargate {

/// A JSON array of numbers that read back as the same floats; null for what JSON cannot say (NaN, infinity).
QByteArray vectorAsJson(std::span<const float> vector);
/// Base64 of little-endian float32.
QByteArray vectorAsBase64(std::span<const float> vector);

/// Nothing if it is not an array of numbers; null is read as NaN, and what is too large for a float as infinity.
std::optional<std::vector<float>> vectorOfJson(json::Value array);
/// Nothing if it is not base64 of whole floats.
std::optional<std::vector<float>> vectorOfBase64(QByteArrayView text);

} // namespace lunargate
