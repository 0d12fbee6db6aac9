// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/error.h"
#include "gateway/history/history_record.h"
#include "gateway/http/http_request.h"

namespace lunargate {

/// How a request is sent once more.
struct ReplayTerms
{
    QByteArray body = {};  ///< a JSON object
    QByteArray route = {}; ///< that it goes to; empty: any, as before
    QByteArray model = {}; ///< that is asked for, as `X-LunarGate-Model` takes it; empty: what the route has, if one is
                           ///< named, and else as before
    bool mayUseCache = false; ///< else the provider is asked, and its answer is not kept for others
};

/// What a record's client sent, if it can be sent again. Fails with NotFound (`body_not_kept`, `endpoint_not_known`).
Result<HistoryMessage> replayableMessage(const HistoryRecord &record);

/// The request of a record once more, as the built-in caller `desktop-app`: with the client's headers, but for those
/// that were about its connection, its browser or its trace. `X-Request-Id` says of which request it is a replay. The
/// record must have a replayableMessage().
HttpRequest replayRequest(const HistoryRecord &record, const ReplayTerms &terms);

} // namespace lunargate
