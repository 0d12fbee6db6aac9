// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api/admin_cache.h"

#include "gateway/cache/response_cache.h"
#include "gateway/json/text_writer.h"
#include "gateway/observability/logging.h"

namespace lunargate::api {

namespace {

void appendConfig(json::TextWriter &json, const CachingConfig &config)
{
    json.member("enabled", config.enabled);
    json.member("ttl_ms", qint64(config.ttl.count()));
    json.member("max_size", config.maxSize);
    json.member("max_bytes", config.maxBytes);
    json.member("max_entry_bytes", config.maxEntryBytes);
    json.member("scope", config.scope == CacheScope::Caller ? "caller" : "everybody");
    json.member("streams", config.streams);
    json.member("single_flight", config.singleFlight);
}

} // namespace

Task<> cacheStatistics(RequestContext &context, const GatewayStatus &)
{
    const ResponseCache::Statistics statistics = context.services.cache->statistics();
    json::TextWriter json;
    json.beginObject();
    appendConfig(json, statistics.config);
    json.member("entries", statistics.contents.entries);
    json.member("bytes", statistics.contents.bytes);
    json.member("hits", statistics.hits);
    json.member("misses", statistics.misses);
    json.member("shared", statistics.shared);
    json.member("waiting", statistics.followers);
    json.member("stored", statistics.stored);
    json.member("too_large", statistics.tooLarge);
    json.key("evictions").beginObject();
    json.member("expired", statistics.contents.expired);
    json.member("max_size", statistics.contents.displaced);
    json.member("max_bytes", statistics.contents.displacedBytes);
    json.member("purged", statistics.contents.purged);
    json.endObject().endObject();
    context.respond(200, "application/json", json.text());
    co_return;
}

Task<> purgeCache(RequestContext &context, const GatewayStatus &)
{
    const qint64 count = context.services.cache->purge();
    logEvent(pipelineLog(), LogLevel::Info, "cache purged",
             {{"request_id", context.record.requestId}, {"entries", count}});
    context.respond(200, "application/json", R"({"purged":)" + QByteArray::number(count) + '}');
    co_return;
}

} // namespace lunargate::api
