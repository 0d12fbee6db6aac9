// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/cache/content_hash.h"
#include "gateway/http/header_list.h"
#include "gateway/json/document.h"

#include <QByteArray>

#include <cstring>

namespace lunargate {

struct TargetOverrides;

/// What an answer belongs to: a SHA-256, so that nobody finds two requests with the same one.
struct CacheKey
{
    ContentHash::Digest bytes{};

    bool operator==(const CacheKey &) const = default;
};

struct CacheKeyHash
{
    size_t operator()(const CacheKey &key) const
    {
        size_t hash = 0;
        std::memcpy(&hash, key.bytes.data(), sizeof hash);
        return hash;
    }
};

/// What of a request decides about its answer, whoever gives it. It lives for one call of cacheKey().
struct KeyedRequest
{
    QByteArrayView endpoint;       ///< `chat_completions`, `embeddings`
    QByteArrayView modelSaid = {}; ///< by the client, where the answer repeats it; empty: it does not
    QByteArrayView caller;         ///< as Caller::identity() has it; empty: everybody shares the answers
    bool isStream = false;
    QByteArrayView body; ///< normalised, an object
    json::Value root;    ///< the same, parsed
    const HeaderList &clientHeaders;
};

/// Who answers. It lives for one call of cacheKey().
struct KeyedTarget
{
    QByteArrayView providerId;
    QByteArrayView model; ///< as it is sent
    bool responsesUpstream = false;
    const ContentHash::Digest &providerVersion; ///< see provider_version.h
    const TargetOverrides *overrides = nullptr; ///< null: the target has none
};

/// The key of the answer that this target gives to that request: of all that is known of the target, and of the whole
/// request but for the model, which is the target's, and for what never changes an answer (docs/caching.md has the
/// list).
CacheKey cacheKey(const KeyedRequest &request, const KeyedTarget &target);

} // namespace lunargate
