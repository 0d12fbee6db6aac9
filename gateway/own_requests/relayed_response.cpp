// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/own_requests/relayed_response.h"

namespace lunargate {

void RelayedResponse::putWhole(QByteArrayView contentType, QByteArrayView body)
{
    putHead(contentType);
    putPiece(body);
}

void RelayedResponse::putHead(QByteArrayView contentType)
{
    const std::scoped_lock lock(m_answer->mutex);
    OwnProgress &progress = m_answer->progress;
    progress.status = status();
    progress.requestId = headers().value("X-LunarGate-Request-ID").value_or(QByteArray());
    progress.contentType = contentType.toByteArray();
}

void RelayedResponse::putPiece(QByteArrayView bytes)
{
    const std::scoped_lock lock(m_answer->mutex);
    OwnProgress &progress = m_answer->progress;
    if (!progress.firstByteAt)
        progress.firstByteAt = Clock::now();
    progress.isShortened = progress.isShortened || progress.body.size() + bytes.size() > kMostWaiting;
    if (!progress.isShortened)
        progress.body.append(bytes);
}

} // namespace lunargate
