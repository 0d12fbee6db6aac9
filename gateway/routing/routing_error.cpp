// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/routing/routing_error.h"

#include <algorithm>

namespace lunargate {

namespace {

// Enough for every real model name, and little enough for a log line and a dialog.
constexpr qsizetype kLongestName = 120;
constexpr std::size_t kMostNames = 20;

bool isContinuationByte(char byte)
{
    return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

} // namespace

QByteArray quoted(QByteArrayView name)
{
    if (name.size() <= kLongestName)
        return '"' + name.toByteArray() + '"';
    qsizetype end = kLongestName;
    while (end > 0 && isContinuationByte(name[end]))
        --end;
    return '"' + name.first(end).toByteArray() + "…\"";
}

QByteArray listed(const std::vector<QByteArray> &names)
{
    if (names.empty())
        return "none";
    QByteArray text;
    for (std::size_t index = 0; index < std::min(names.size(), kMostNames); ++index) {
        if (index > 0)
            text += ", ";
        text += names[index];
    }
    if (names.size() > kMostNames)
        text += ", …";
    return text;
}

Error invalidRequest(QByteArray reason, QByteArray message, QByteArray param)
{
    return {.kind = ErrorKind::InvalidRequest,
            .reason = std::move(reason),
            .message = std::move(message),
            .param = std::move(param)};
}

} // namespace lunargate
