// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/cache/cache_key.h"
#include "gateway/cache/provider_version.h"
#include "tests/bench/parts/agent_talk.h"
#include "tests/bench/parts/part.h"
#include "tests/bench/parts/provider_streams.h"

namespace lunargate::bench {

namespace {

Part::Work keyOf(const QByteArray &body)
{
    const ContentHash::Digest version = providerVersion(providerFor(openAiProtocol())->config());
    return [body, version, document = json::Document::parse(body).value()] {
        const HeaderList headers{{"Content-Type", "application/json"}, {"User-Agent", "bench/1.0"}};
        const CacheKey key = cacheKey({.endpoint = "chat_completions",
                                       .caller = "key:bench",
                                       .body = body,
                                       .root = document.root(),
                                       .clientHeaders = headers},
                                      {.providerId = "bench", .model = "bench-model", .providerVersion = version});
        return qsizetype(key == CacheKey() ? 0 : sizeof key.bytes);
    };
}

} // namespace

std::vector<Part> cacheParts()
{
    return {
        {"cache/key-small", 200, [] { return keyOf(smallChatBody()); }},
        {"cache/key-agent", 5, [] { return keyOf(agentChatBody()); }},
    };
}

} // namespace lunargate::bench
