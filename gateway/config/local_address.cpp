// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/local_address.h"

#include <QHostAddress>
#include <QUrl>

namespace lunargate {

bool isOnThisMachine(QByteArrayView url)
{
    const QString host = QUrl::fromEncoded(url).host();
    return host == u"localhost" || QHostAddress(host).isLoopback();
}

bool isReadableOnTheWay(QByteArrayView url)
{
    return QUrl::fromEncoded(url).scheme() != u"https" && !isOnThisMachine(url);
}

} // namespace lunargate
