// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/cache/cache_key.h"

#include "gateway/cache/provider_version.h"

#include <algorithm>

namespace lunargate {

namespace {

// Raised when the form of what is hashed changes, for stores that outlive this program.
constexpr qint64 kFormat = 2;

// What no provider looks at when it answers. OpenAI's API reference: `user` and `safety_identifier` name the end user
// for abuse detection, the two of the prompt cache only save time and money. The model is the target's. `stream` is
// hashed as what was understood of it.
constexpr QByteArrayView kNeutral[] = {
    "model", "stream", "user", "safety_identifier", "prompt_cache_key", "prompt_cache_retention"};

// The Responses protocol repeats in its answers what was asked.
constexpr QByteArrayView kEchoingEndpoint = "responses";
constexpr QByteArrayView kNeutralWhereEchoed[] = {"model", "stream"};

// A note beside the answer, which can only be seen again where the provider was asked to store the answer.
bool isNote(QByteArrayView name, bool isStored)
{
    return name == "metadata" && !isStored;
}

// They ask a provider for another behaviour, where they are sent on to it.
constexpr QByteArrayView kControlHeaders[] = {"openai-beta", "anthropic-beta", "anthropic-version"};

void addControlHeaders(ContentHash &hash, const HeaderList &headers)
{
    for (const HeaderList::Field &field : headers) {
        for (const QByteArrayView name : kControlHeaders) {
            if (name.size() != field.name.size() || name.compare(field.name, Qt::CaseInsensitive) != 0)
                continue;
            hash.add(name);
            hash.add(field.value);
        }
    }
}

void addRequest(ContentHash &hash, const KeyedRequest &request)
{
    hash.add(request.endpoint);
    hash.add(request.modelSaid);
    hash.add(request.caller);
    hash.add(qint64(request.isStream));
    const bool isStored = request.root["store"].boolean().value_or(false);
    const bool isEchoed = request.endpoint == kEchoingEndpoint;
    const auto decides = [isStored, isEchoed](QByteArrayView name) {
        if (isEchoed)
            return !std::ranges::contains(kNeutralWhereEchoed, name);
        return !std::ranges::contains(kNeutral, name) && !isNote(name, isStored);
    };
    if (!json::writeCanonical(request.root, decides, hash))
        hash.add(request.body);
    addControlHeaders(hash, request.clientHeaders);
}

void addTarget(ContentHash &hash, const KeyedTarget &target)
{
    static const TargetOverrides none;
    hash.add(target.providerId);
    hash.add(target.model);
    hash.add(qint64(target.responsesUpstream));
    hash.add(QByteArrayView(target.providerVersion));
    addOverrides(hash, target.overrides ? *target.overrides : none);
}

} // namespace

CacheKey cacheKey(const KeyedRequest &request, const KeyedTarget &target)
{
    ContentHash hash;
    hash.add(kFormat);
    addTarget(hash, target);
    addRequest(hash, request);
    return {hash.result()};
}

} // namespace lunargate
