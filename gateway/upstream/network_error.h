// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/error.h"

#include <QNetworkReply>

#include <chrono>

namespace lunargate {

/// How far a call to a provider came.
enum class CallPhase {
    Resolving,  ///< looking up the address, or about to use a kept connection
    Connecting, ///< TCP and TLS
    Waiting,    ///< the request goes out, the answer's head has not come
    Reading,    ///< the body comes in
};

/// What the words of an error need to know of the call. Never holds a path, a query or a key.
struct CallFacts
{
    QByteArray host; ///< with the port, if the URL names one
    bool tls = false;
    CallPhase phase = CallPhase::Resolving;
    std::chrono::milliseconds elapsed{0}; ///< since the call began
};

/// Whether `code` says that the call itself broke. QNetworkReply also has codes for error statuses (404, 500 …), which
/// are answers like any other here.
bool isTransportFailure(QNetworkReply::NetworkError code, bool hasHead);

/// The failure that `code` means at that phase. `text` is Qt's description, `tlsProblem` what is wrong with the
/// server's certificate, if known.
Error transportError(const CallFacts &facts, QNetworkReply::NetworkError code, const QString &text,
                     const QByteArray &tlsProblem);

/// The limit for name lookup, TCP and TLS passed.
Error connectTimeoutError(const CallFacts &facts, std::chrono::milliseconds limit);
/// The answer's head did not come in time.
Error headerTimeoutError(const CallFacts &facts);
/// No byte of the body came for `waited`.
Error readTimeoutError(const CallFacts &facts, std::chrono::milliseconds waited);

} // namespace lunargate
