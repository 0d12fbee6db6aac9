// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/upstream/call_error.h"

#include <QNetworkReply>

namespace lunargate {

/// Whether `code` says that the call itself broke. QNetworkReply also has codes for error statuses (404, 500 …), which
/// are answers like any other here.
bool isTransportFailure(QNetworkReply::NetworkError code, bool hasHead);

/// The failure that `code` means at that phase. `text` is Qt's description, `tlsProblem` what is wrong with the
/// server's certificate, if known.
Error transportError(const CallFacts &facts, QNetworkReply::NetworkError code, const QString &text,
                     const QByteArray &tlsProblem);

} // namespace lunargate
