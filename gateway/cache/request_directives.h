// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/http/header_list.h"

namespace lunargate {

/// What a client lets the cache do with its request.
struct CacheDirectives
{
    bool mayAnswer = true; ///< with an answer from before
    bool mayKeep = true;   ///< the answer that it gets

    bool operator==(const CacheDirectives &) const = default;
};

/// From `Cache-Control` (RFC 9111 section 5.2.1: `no-cache`, `no-store`, and `max-age=0`, which is how browsers say the
/// former) and `X-LunarGate-No-Cache: true`, which forbids both.
CacheDirectives cacheDirectives(const HeaderList &clientHeaders);

} // namespace lunargate
