// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/time.h"
#include "gateway/http/header_list.h"

#include <QByteArray>
#include <QHostAddress>

#include <memory>

namespace lunargate {

/// A whole request as the client sent it.
struct HttpRequest
{
    QByteArray method;
    QByteArray target;    ///< path and query as on the request line; an absolute URL's host went into `headers`
    int minorVersion = 1; ///< HTTP/1.x
    HeaderList headers;
    QByteArray body;
    bool isBodyMissing = false; ///< it was not let in: see Admission::WithoutBody
    bool keepAlive = true;      ///< whether the client wants the connection to stay
    QHostAddress peer;
    /// Who in the gateway itself sends it, as caller; empty for everything that comes over a connection.
    QByteArray builtInCaller = {};
    /// Which WebSocket it came over as a message; empty: none.
    QByteArray webSocket = {};
    TimePoint receivedAt{};                 ///< its first byte
    std::shared_ptr<const void> place = {}; ///< what RequestHandler::admit() holds until the request is over

    /// The part of the target before `?`.
    QByteArrayView path() const
    {
        const qsizetype query = target.indexOf('?');
        return query < 0 ? QByteArrayView(target) : QByteArrayView(target).first(query);
    }
};

} // namespace lunargate
