// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/passthrough_request.h"

#include "gateway/json/writer.h"

namespace lunargate {

namespace {

// `object` is known to be a JSON object without a model.
QByteArray withModel(const QByteArray &object, const QByteArray &model)
{
    const qsizetype begin = object.indexOf('{') + 1;
    const bool isEmpty = QByteArrayView(object).sliced(begin).trimmed().startsWith('}');
    QByteArray named = object;
    return named.insert(begin, R"("model":)" + json::quoted(model) + (isEmpty ? "" : ","));
}

} // namespace

QByteArray PassthroughRequest::bodyFor(const QByteArray &wanted) const
{
    if (addsModel && !modelPlace && !wanted.isEmpty())
        return withModel(body, wanted);
    if (!modelPlace || wanted.isEmpty() || wanted == model)
        return body;
    const auto [range, isQuoted] = *modelPlace;
    QByteArray changed = body;
    return changed.replace(range.begin, range.end - range.begin, isQuoted ? json::quoted(wanted) : wanted);
}

} // namespace lunargate
