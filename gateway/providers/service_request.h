// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/config.h"
#include "gateway/upstream/transport.h"

#include <QByteArrayView>
#include <QUrl>

namespace lunargate {

// What every call to a provider has, whatever its protocol.

/// `path` ("/chat/completions", perhaps with a query) below the provider's address, with its query.
QUrl serviceUrl(const ProviderConfig &provider, QByteArrayView path);

/// The headers of every call: the key as the service wants to see it (none without a key), the protocol's own, and
/// those that the configuration adds, which win.
HeaderList serviceHeaders(const ProviderConfig &provider, HeaderList ofProtocol = {});

inline constexpr QByteArrayView kJsonAnswer = "application/json";
inline constexpr QByteArrayView kEventStreamAnswer = "text/event-stream";

/// Asks `url` for JSON. `headers` are those of every call.
UpstreamRequest serviceGet(const ProviderConfig &provider, QUrl url, HeaderList headers);
/// Sends `body`, which is JSON, to `url`, for an answer of the media type `accepted`.
UpstreamRequest servicePost(const ProviderConfig &provider, QUrl url, HeaderList headers, QByteArray body,
                            QByteArrayView accepted);

} // namespace lunargate
