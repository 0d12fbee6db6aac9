// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/chat/embedding_vector.h"

#include <QtEndian>

#include <charconv>
#include <cmath>
#include <limits>

namespace lunargate {

namespace {

static_assert(sizeof(float) == 4 && std::numeric_limits<float>::is_iec559);

constexpr qsizetype kFloatSize = sizeof(float);

// Rounds as IEEE 754 says; the language leaves open what becomes of numbers beyond the largest float.
float toFloat(double number)
{
    constexpr float kLargest = std::numeric_limits<float>::max();
    constexpr double kNearerToInfinity = 0x1.ffffffp+127; // half a step above the largest
    if (!(std::abs(number) > kLargest))
        return static_cast<float>(number);
    const float rounded = std::abs(number) < kNearerToInfinity ? kLargest : std::numeric_limits<float>::infinity();
    return number > 0 ? rounded : -rounded;
}

} // namespace

QByteArray vectorAsJson(std::span<const float> vector)
{
    constexpr qsizetype kTypicalLength = 13; // `-0.012345678,`
    char buffer[32];
    QByteArray text;
    text.reserve(2 + std::ssize(vector) * kTypicalLength);
    text += '[';
    for (const float component : vector) {
        if (text.size() > 1)
            text += ',';
        if (std::isfinite(component))
            text.append(buffer, std::to_chars(std::begin(buffer), std::end(buffer), component).ptr - buffer);
        else
            text += "null";
    }
    return text += ']';
}

QByteArray vectorAsBase64(std::span<const float> vector)
{
    if (vector.empty()) // nothing to copy from
        return {};
    QByteArray bytes(std::ssize(vector) * kFloatSize, Qt::Uninitialized);
    qToLittleEndian<float>(vector.data(), std::ssize(vector), bytes.data());
    return bytes.toBase64();
}

std::optional<std::vector<float>> vectorOfJson(json::Value array)
{
    if (!array.isArray())
        return std::nullopt;
    std::vector<float> vector;
    vector.reserve(array.size());
    for (const json::Value component : array.elements()) {
        if (!component.isNumber() && !component.isNull())
            return std::nullopt;
        vector.push_back(toFloat(component.number().value_or(std::numeric_limits<double>::quiet_NaN())));
    }
    return vector;
}

std::optional<std::vector<float>> vectorOfBase64(QByteArrayView text)
{
    const auto bytes = QByteArray::fromBase64Encoding(QByteArray::fromRawData(text.data(), text.size()),
                                                      QByteArray::AbortOnBase64DecodingErrors);
    if (!bytes || bytes.decoded.size() % kFloatSize != 0)
        return std::nullopt;
    std::vector<float> vector(static_cast<size_t>(bytes.decoded.size() / kFloatSize));
    if (!vector.empty())
        qFromLittleEndian<float>(bytes.decoded.constData(), std::ssize(vector), vector.data());
    return vector;
}

} // namespace lunargate
