// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

namespace lunargate {

class HeaderList;

/// What a client says about itself: the program, and whose conversation a request belongs to. From a short list of
/// headers that known clients send; no other header is looked at, so that no credential can get here. Each text is at
/// most kLongestDetail bytes and empty if nobody said it; where it was cut, keys were blotted out before.
struct ClientDetails
{
    QByteArray userAgent = {};
    QByteArray application = {}; ///< for example `codex_cli_rs`
    QByteArray user = {};        ///< who the client says that the request is for
    QByteArray session = {};     ///< the conversation
    QByteArray agent = {};       ///< of several that work for one session
    QByteArray parentAgent = {}; ///< the one that started it

    bool operator==(const ClientDetails &) const = default;
};

inline constexpr qsizetype kLongestDetail = 256;

/// Reads them; of several headers for one thing the gateway's own (`X-LunarGate-…`) wins.
ClientDetails clientDetails(const HeaderList &headers);

} // namespace lunargate
