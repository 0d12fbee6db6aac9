// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/http/buffered_response.h"

namespace lunargate {

void BufferedResponse::putWhole(QByteArrayView contentType, QByteArrayView body)
{
    putHead(contentType);
    putPiece(body);
}

void BufferedResponse::putPiece(QByteArrayView bytes)
{
    if (isTooLarge())
        m_body.clear();
    else
        m_body.append(bytes);
}

} // namespace lunargate
