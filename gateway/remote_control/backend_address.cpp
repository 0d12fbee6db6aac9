// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/remote_control/backend_address.h"

#include "gateway/config/local_address.h"

namespace lunargate {

std::expected<QUrl, QByteArray> backendAddress(const QByteArray &backendUrl)
{
    QUrl url = QUrl::fromEncoded(backendUrl, QUrl::StrictMode);
    const bool isSecure = url.scheme() == u"https";
    if (!url.isValid() || url.host().isEmpty() || (!isSecure && url.scheme() != u"http"))
        return std::unexpected("data_sharing.backend_url is no http:// or https:// address");
    if (isReadableOnTheWay(backendUrl))
        return std::unexpected("data_sharing.backend_url must be https:// for remote control, unless it is on this "
                               "machine: the key would be sent in the clear");
    url.setScheme(isSecure ? QStringLiteral("wss") : QStringLiteral("ws"));
    QString path = url.path(QUrl::FullyEncoded);
    while (path.endsWith(u'/'))
        path.chop(1);
    url.setPath(path + QStringLiteral("/remote-control/ws/gateway"), QUrl::TolerantMode);
    url.setUserInfo({});
    url.setFragment({});
    return url;
}

} // namespace lunargate
