// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/service_request.h"

#include <utility>

namespace lunargate {

namespace {

// What stands before the question mark, and what behind it.
std::pair<QByteArrayView, QByteArrayView> splitQuery(QByteArrayView address)
{
    const qsizetype question = address.indexOf('?');
    return question < 0 ? std::pair(address, QByteArrayView())
                        : std::pair(address.first(question), address.sliced(question + 1));
}

} // namespace

QUrl serviceUrl(const ProviderConfig &provider, QByteArrayView path)
{
    // An address may bring a query of its own; the path belongs before it.
    const auto [base, ownQuery] = splitQuery(provider.baseUrl);
    const auto [ownPath, pathQuery] = splitQuery(path);
    QByteArray url = base.toByteArray();
    while (url.endsWith('/'))
        url.chop(1);
    url.append(ownPath);
    char separator = '?';
    const auto add = [&](QByteArrayView query) {
        if (query.isEmpty())
            return;
        url += std::exchange(separator, '&');
        url.append(query);
    };
    add(ownQuery);
    add(pathQuery);
    for (const auto &[name, value] : provider.query)
        add(name.toPercentEncoding() + '=' + value.toPercentEncoding());
    return QUrl::fromEncoded(url);
}

HeaderList serviceHeaders(const ProviderConfig &provider, HeaderList ofProtocol)
{
    HeaderList headers = std::move(ofProtocol);
    const bool hasKey = !provider.apiKey.isEmpty();
    if (hasKey && provider.auth.scheme == KeyScheme::Bearer)
        headers.add("Authorization", "Bearer " + provider.apiKey.reveal());
    else if (hasKey && provider.auth.scheme == KeyScheme::Header)
        headers.add(provider.auth.header, provider.apiKey.reveal());
    for (const auto &[name, value] : provider.headers)
        headers.set(name, value);
    return headers;
}

UpstreamRequest serviceGet(const ProviderConfig &provider, QUrl url, HeaderList headers)
{
    headers.setDefault("Accept", kJsonAnswer);
    return {.method = "GET",
            .url = std::move(url),
            .headers = std::move(headers),
            .body = {},
            .connectTimeout = provider.connectTimeout};
}

UpstreamRequest servicePost(const ProviderConfig &provider, QUrl url, HeaderList headers, QByteArray body,
                            QByteArrayView accepted)
{
    headers.setDefault("Content-Type", "application/json");
    headers.setDefault("Accept", accepted);
    return {.url = std::move(url),
            .headers = std::move(headers),
            .body = std::move(body),
            .connectTimeout = provider.connectTimeout};
}

} // namespace lunargate
