// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/openai_responses/call_id.h"

#include <QCryptographicHash>

namespace lunargate::openai_responses {

// Longer ones are refused ("string too long. Expected a string with maximum length 64"), but other providers make them,
// and conversations change providers.
QByteArray sentCallId(const QByteArray &id)
{
    constexpr qsizetype kLongest = 64;
    if (id.size() <= kLongest)
        return id;
    return "call_" + QCryptographicHash::hash(id, QCryptographicHash::Sha256).first(16).toHex();
}

} // namespace lunargate::openai_responses
