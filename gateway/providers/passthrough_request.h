// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/http/header_list.h"
#include "gateway/http/incoming_body.h"
#include "gateway/json/members.h"

#include <QByteArray>

#include <memory>
#include <optional>

namespace lunargate {

/// A request that goes to a provider as it came, but for the model's name: for endpoints that the gateway does not
/// translate.
struct PassthroughRequest
{
    /// Where the model's name stands in `body`.
    struct ModelPlace
    {
        json::Range range;    ///< of the whole value
        bool isQuoted = true; ///< it is a JSON string; else plain text in a form
    };

    QByteArray method = "POST";
    QByteArray endpoint;    ///< below the version: `/files`
    QByteArray target;      ///< the path below the provider's address, with the client's query: `/files/file-1?a=b`
    QByteArray contentType; ///< the client's; empty: none
    HeaderList headers;     ///< of the client, as far as providers are to get them
    QByteArray body;        ///< or its beginning
    std::shared_ptr<IncomingBody> rest = {}; ///< what follows `body`, while it comes; then it can be sent only once
    QByteArray model = {};                   ///< as the client names it; empty: it does not
    std::optional<ModelPlace> modelPlace = {};
    bool addsModel = false;          ///< `body`, a JSON object that names no model, is to name one
    bool mayResend = true;           ///< see UpstreamRequest
    bool isStream = false;           ///< the client asks for a stream of events
    bool isCompletionStream = false; ///< one whose events and end mark are those of completions

    /// `body` with that model's name; as it is if the client names none, unless addsModel.
    QByteArray bodyFor(const QByteArray &wanted) const;
};

} // namespace lunargate
