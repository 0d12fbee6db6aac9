// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/origin.h"

#include <QUrl>

namespace lunargate {

QByteArray originOf(QByteArrayView address)
{
    QUrl url = QUrl::fromEncoded(address, QUrl::StrictMode);
    const bool isHttp = url.scheme() == u"http" || url.scheme() == u"https";
    if (!url.isValid() || !isHttp || url.host().isEmpty())
        return {};
    if (url.port() == (url.scheme() == u"https" ? 443 : 80))
        url.setPort(-1);
    return url.toEncoded(QUrl::RemoveUserInfo | QUrl::RemovePath | QUrl::RemoveQuery | QUrl::RemoveFragment);
}

} // namespace lunargate
