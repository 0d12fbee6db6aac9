// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api/limits.h"

#include "gateway/json/text_writer.h"
#include "gateway/limits/rate_limiter.h"

namespace lunargate::api {

namespace {

constexpr size_t kMostClients = 20;

qint64 inMilliseconds(std::chrono::nanoseconds time)
{
    return std::chrono::ceil<std::chrono::milliseconds>(time).count();
}

void appendBucket(json::TextWriter &json, QByteArrayView name, const BucketView &bucket)
{
    json.key(name);
    if (!bucket.isLimited()) {
        json.null();
        return;
    }
    json.beginObject();
    json.member("per_minute", bucket.limit).member("capacity", bucket.capacity);
    json.member("remaining", bucket.remaining).member("full_in_ms", inMilliseconds(bucket.untilFull));
    json.endObject();
}

void appendLimits(json::TextWriter &json, const LimitView &limits)
{
    appendBucket(json, "requests", limits.requests);
    appendBucket(json, "tokens", limits.tokens);
    json.key("concurrency").beginObject().member("running", limits.running).key("limit");
    if (limits.maxConcurrent > 0)
        json.integer(limits.maxConcurrent);
    else
        json.null();
    json.endObject();
}

} // namespace

Task<> limits(RequestContext &context, const GatewayStatus &)
{
    const RateLimiter &limiter = *context.services.limiter;
    const RateLimiter::Report report = limiter.report(kMostClients, Clock::now());
    json::TextWriter json;
    json.beginObject().member("enabled", limiter.isOn());
    json.member("clients", report.clients).member("most_clients", report.bound);
    json.key("global").beginObject();
    appendLimits(json, report.global);
    json.endObject();
    json.key("least_left").beginArray();
    for (const RateLimiter::Report::Client &client : report.scarcest) {
        json.beginObject().member("client", client.identity);
        json.member("unseen_for_ms", inMilliseconds(client.unseenFor));
        appendLimits(json, client.limits);
        json.endObject();
    }
    json.endArray().endObject();
    context.respond(200, "application/json", json.text());
    co_return;
}

} // namespace lunargate::api
