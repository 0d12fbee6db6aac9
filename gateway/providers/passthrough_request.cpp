// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/passthrough_request.h"

#include "gateway/json/writer.h"

namespace lunargate {

QByteArray PassthroughRequest::bodyFor(const QByteArray &wanted) const
{
    if (!modelPlace || wanted.isEmpty() || wanted == model)
        return body;
    const auto [range, isQuoted] = *modelPlace;
    QByteArray changed = body;
    return changed.replace(range.begin, range.end - range.begin, isQuoted ? json::quoted(wanted) : wanted);
}

} // namespace lunargate
