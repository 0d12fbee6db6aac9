// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/openai_responses/item_ids.h"

#include "gateway/dialects/openai_responses/responses_call.h"

#include <algorithm>

namespace lunargate::responses {

namespace {

constexpr QByteArrayView kResponse = "resp_";

bool isHex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

QByteArray withNumber(QByteArrayView kind, QByteArrayView responseId, QByteArrayView mark, qsizetype number)
{
    const QByteArrayView own = responseId.startsWith(kResponse) ? responseId.sliced(kResponse.size()) : responseId;
    return kind.toByteArray() + '_' + own.toByteArray() + '_' + mark.toByteArray() + QByteArray::number(number);
}

} // namespace

QByteArray responseId(QByteArrayView requestId)
{
    return kResponse.toByteArray() + requestId.toByteArray().replace('-', QByteArrayView());
}

QByteArray itemId(QByteArrayView kind, QByteArrayView responseId, qsizetype number)
{
    return withNumber(kind, responseId, {}, number);
}

QByteArray inputItemId(QByteArrayView kind, QByteArrayView responseId, qsizetype number)
{
    return withNumber(kind, responseId, "i", number);
}

QByteArray responseOfItem(QByteArrayView itemId)
{
    constexpr qsizetype kDigits = 32; // of a request's id
    const qsizetype begin = itemId.indexOf('_') + 1;
    const qsizetype end = itemId.lastIndexOf('_');
    if (begin == 0 || end - begin != kDigits)
        return {};
    const QByteArrayView own = itemId.sliced(begin, kDigits);
    return std::ranges::all_of(own, isHex) ? kResponse.toByteArray() + own.toByteArray() : QByteArray();
}

} // namespace lunargate::responses
