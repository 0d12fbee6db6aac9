// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/telemetry/otlp_payload.h"

#include "gateway/telemetry/attribute_list.h"
#include "gateway/version.h"

#include <algorithm>
#include <array>
#include <map>

namespace lunargate {

namespace {

constexpr char kScope[] = "lunargate";

/// The words for one signal.
struct Signal
{
    const char *resources;
    const char *scopes;
    const char *items;
};

QByteArray payload(const Signal &signal, const QByteArray &resource, const NameTable &names,
                   const std::vector<QByteArray> &items)
{
    qsizetype size = resource.size();
    for (const QByteArray &item : items)
        size += item.size() + 1;
    constexpr qsizetype kFrame = 512;
    json::TextWriter json(size + kFrame);
    json.beginObject().key(signal.resources).beginArray().beginObject();
    json.key("resource").beginObject().key("attributes").raw(resource).endObject();
    json.key(signal.scopes).beginArray().beginObject();
    json.key("scope").beginObject().member("name", kScope).member("version", version()).endObject();
    json.key(signal.items).beginArray();
    for (const QByteArray &item : items)
        json.raw(item);
    json.endArray();
    if (names.schemaUrl)
        json.member("schemaUrl", names.schemaUrl);
    json.endObject().endArray().endObject().endArray().endObject();
    return std::move(json).text();
}

// A 64-bit number is a text in protobuf's JSON; some write a number.
qint64 numberOf(json::Value value)
{
    return value.isString() ? value.string().toLongLong() : value.integer().value_or(0);
}

} // namespace

QByteArray resourceAttributes(const TelemetryConfig &settings, const NameTable &names, const QByteArray &instance)
{
    std::map<QByteArray, QByteArray> all = settings.resource;
    all.try_emplace(names.serviceName, settings.serviceName);
    all.try_emplace(names.serviceVersion, version());
    all.try_emplace(names.serviceInstance, instance);
    all.try_emplace(names.sdkName, kScope);
    all.try_emplace(names.sdkLanguage, "cpp");
    all.try_emplace(names.sdkVersion, version());
    AttributeList list;
    for (const auto &[key, text] : all)
        list.add(key.constData(), text);
    return list.take();
}

QByteArray tracesPayload(const QByteArray &resource, const NameTable &names, const std::vector<QByteArray> &spans)
{
    return payload({"resourceSpans", "scopeSpans", "spans"}, resource, names, spans);
}

QByteArray metricsPayload(const QByteArray &resource, const NameTable &names, const QByteArray &metrics)
{
    return payload({"resourceMetrics", "scopeMetrics", "metrics"}, resource, names, {metrics});
}

PartialSuccess readPartialSuccess(const QByteArray &answer)
{
    const auto document = json::Document::parse(answer);
    const json::Value partial = document ? document->root()["partialSuccess"] : json::Value();
    return {.rejected = std::max(numberOf(partial["rejectedSpans"]), numberOf(partial["rejectedDataPoints"])),
            .message = partial["errorMessage"].toByteArray()};
}

// https://opentelemetry.io/docs/specs/otlp/, "Retryable Response Codes".
bool isOtlpRetryable(int status)
{
    constexpr std::array kRetryable = {0, 429, 502, 503, 504};
    return std::ranges::contains(kRetryable, status);
}

} // namespace lunargate
