// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/chat/data_url.h"

#include <algorithm>

namespace lunargate {

namespace {

bool isWhiteSpace(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

bool isBase64(QByteArrayView text)
{
    return std::ranges::all_of(text, [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/' ||
               c == '=' || c == '-' || c == '_';
    });
}

} // namespace

std::optional<DataUrl> readDataUrl(QByteArrayView url)
{
    constexpr QByteArrayView kScheme = "data:";
    if (url.size() < kScheme.size() || url.first(kScheme.size()).compare(kScheme, Qt::CaseInsensitive) != 0)
        return std::nullopt;
    const qsizetype comma = url.indexOf(',');
    if (comma < 0)
        return std::nullopt;
    const QByteArray head = url.sliced(kScheme.size(), comma - kScheme.size()).toByteArray().toLower();
    if (!head.endsWith(";base64"))
        return std::nullopt;
    DataUrl result{.mediaType = head.first(head.indexOf(';')).trimmed(), .base64 = url.sliced(comma + 1).toByteArray()};
    if (std::ranges::any_of(result.base64, isWhiteSpace))
        result.base64.removeIf(isWhiteSpace);
    if (!isBase64(result.base64))
        return std::nullopt;
    if (result.mediaType == "image/jpg")
        result.mediaType = "image/jpeg";
    return result;
}

} // namespace lunargate
