// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/config.h"
#include "gateway/http/header_list.h"

#include <QByteArrayView>
#include <QUrl>

namespace lunargate {

// What every call to a provider has, whatever its protocol.

/// `path` ("/chat/completions", perhaps with a query) below the provider's address, with its query.
QUrl serviceUrl(const ProviderConfig &provider, QByteArrayView path);

/// The headers of every call: the key as the service wants to see it (none without a key), and those that the
/// configuration adds, which win.
HeaderList serviceHeaders(const ProviderConfig &provider);

} // namespace lunargate
