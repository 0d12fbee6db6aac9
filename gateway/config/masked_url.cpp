// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/masked_url.h"

#include <QByteArrayList>

#include <algorithm>

namespace lunargate {

QByteArray maskedUrl(const QByteArray &url)
{
    const qsizetype schemeEnd = url.indexOf("://");
    const qsizetype begin = schemeEnd < 0 ? 0 : schemeEnd + 3;
    const auto isEnd = [](char c) { return c == '/' || c == '?' || c == '#'; };
    const qsizetype end = std::find_if(url.begin() + begin, url.end(), isEnd) - url.begin();
    const qsizetype at = url.first(end).lastIndexOf('@');
    QByteArray masked = at < begin ? url : url.first(begin) + "***" + url.sliced(at);

    const qsizetype query = masked.indexOf('?');
    if (query < 0)
        return masked;
    QByteArrayList parameters = masked.sliced(query + 1).split('&');
    for (QByteArray &parameter : parameters) {
        const qsizetype equals = parameter.indexOf('=');
        parameter = equals < 0 ? QByteArray("***") : parameter.first(equals + 1) + "***";
    }
    return masked.first(query + 1) + parameters.join('&');
}

} // namespace lunargate
