// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/chat/thought_place.h"

#include <algorithm>
#include <optional>

namespace lunargate {

namespace {

std::optional<qint64> readCount(QByteArrayView digits)
{
    constexpr qsizetype kMaxDigits = 18; // fits 64 bits
    const bool isNumber = !digits.isEmpty() && digits.size() <= kMaxDigits &&
                          std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; });
    return isNumber ? std::optional(digits.toLongLong()) : std::nullopt;
}

} // namespace

QByteArray thoughtId(ThoughtPlace place, QByteArrayView answerId, int position)
{
    return answerId.toByteArray() + '.' + QByteArray::number(position) + ".t" + QByteArray::number(place.textBytes) +
           'c' + QByteArray::number(place.calls);
}

ThoughtPlace placeOf(QByteArrayView thoughtId)
{
    const QByteArrayView place = thoughtId.sliced(thoughtId.lastIndexOf('.') + 1);
    const qsizetype split = place.indexOf('c');
    if (split < 1 || place.front() != 't')
        return {};
    const std::optional<qint64> textBytes = readCount(place.sliced(1, split - 1));
    const std::optional<qint64> calls = readCount(place.sliced(split + 1));
    return textBytes && calls ? ThoughtPlace{.textBytes = *textBytes, .calls = *calls} : ThoughtPlace();
}

} // namespace lunargate
