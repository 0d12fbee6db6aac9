// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/openai_responses/thought_id.h"

#include <QCryptographicHash>

namespace lunargate::openai_responses {

QByteArray ThoughtId::text() const
{
    return origin + ':' + QByteArray::number(calls) + ':' + (isAfterText ? '1' : '0') + ':' + id;
}

QByteArray thoughtOrigin(const ProviderConfig &provider)
{
    constexpr qsizetype kBytes = 6;
    const QByteArray name = provider.id + '\n' + provider.baseUrl;
    return QCryptographicHash::hash(name, QCryptographicHash::Sha256).first(kBytes).toHex();
}

std::optional<ThoughtId> readThoughtId(QByteArrayView text, QByteArrayView origin)
{
    const auto next = [&text]() -> std::optional<QByteArrayView> {
        const qsizetype colon = text.indexOf(':');
        if (colon < 0)
            return std::nullopt;
        const QByteArrayView field = text.first(colon);
        text = text.sliced(colon + 1);
        return field;
    };
    if (next() != origin)
        return std::nullopt;
    const std::optional<QByteArrayView> calls = next();
    const std::optional<QByteArrayView> isAfterText = next();
    bool isNumber = false;
    const uint count = calls ? calls->toUInt(&isNumber) : 0;
    if (!isNumber || !isAfterText)
        return std::nullopt;
    return ThoughtId{
        .origin = origin.toByteArray(), .calls = count, .isAfterText = *isAfterText == "1", .id = text.toByteArray()};
}

} // namespace lunargate::openai_responses
