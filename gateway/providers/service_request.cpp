// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/service_request.h"

namespace lunargate {

QUrl serviceUrl(const ProviderConfig &provider, QByteArrayView path)
{
    // An address may bring a query of its own; the path belongs before it.
    const qsizetype question = provider.baseUrl.indexOf('?');
    QByteArray base = question < 0 ? provider.baseUrl : provider.baseUrl.first(question);
    QByteArray query = question < 0 ? QByteArray() : provider.baseUrl.sliced(question + 1);
    while (base.endsWith('/'))
        base.chop(1);
    for (const auto &[name, value] : provider.query) {
        if (!query.isEmpty())
            query += '&';
        query += name.toPercentEncoding() + '=' + value.toPercentEncoding();
    }
    base.append(path);
    return QUrl::fromEncoded(query.isEmpty() ? base : base + '?' + query);
}

HeaderList serviceHeaders(const ProviderConfig &provider)
{
    HeaderList headers;
    const bool hasKey = !provider.apiKey.isEmpty();
    if (hasKey && provider.auth.scheme == KeyScheme::Bearer)
        headers.add("Authorization", "Bearer " + provider.apiKey.reveal());
    else if (hasKey && provider.auth.scheme == KeyScheme::Header)
        headers.add(provider.auth.header, provider.apiKey.reveal());
    for (const auto &[name, value] : provider.headers)
        headers.set(name, value);
    return headers;
}

} // namespace lunargate
