// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/upstream/request_headers.h"

#include "gateway/version.h"

namespace lunargate {

void completeHeaders(HeaderList &headers, bool hasBody)
{
    for (const QByteArrayView name :
         {QByteArrayView("Content-Length"), QByteArrayView("Transfer-Encoding"), QByteArrayView("Expect")})
        headers.remove(name);
    if (!headers.contains("Accept-Encoding"))
        headers.add(QByteArrayLiteral("Accept-Encoding"), QByteArrayLiteral("identity"));
    if (!headers.contains("User-Agent")) {
        static const QByteArray own = QByteArray("lunargate/") + version();
        headers.add(QByteArrayLiteral("User-Agent"), own);
    }
    if (hasBody && !headers.contains("Content-Type"))
        headers.add(QByteArrayLiteral("Content-Type"), QByteArrayLiteral("application/octet-stream"));
}

} // namespace lunargate
