// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/config_json.h"

#include "gateway/config/config_json_sections.h"

#include <QCryptographicHash>

namespace lunargate {

namespace {

using Secrets = ConfigJsonWriter::Secrets;

void writeServer(ConfigJsonWriter &json, const ServerConfig &server)
{
    json.write("host", server.host);
    json.write("port", server.port);
    json.write("ollama_port", server.ollamaPort);
    json.write("workers", server.workers);
    json.write("header_timeout", server.headerTimeout);
    json.write("read_timeout", server.readTimeout);
    json.write("write_timeout", server.writeTimeout);
    json.write("stream_keep_alive", server.streamKeepAlive);
    json.write("idle_timeout", server.idleTimeout);
    json.write("shutdown_timeout", server.shutdownTimeout);
    json.writeSize("max_header_bytes", server.maxHeaderBytes);
    json.writeSize("max_body_bytes", server.maxBodyBytes);
    json.writeSize("max_upload_bytes", server.maxUploadBytes);
    json.write("max_connections", server.maxConnections);
    json.write("max_json_depth", server.maxJsonDepth);
    json.write("websocket_ping", server.webSocketPing);
    json.write("websocket_max_age", server.webSocketMaxAge);
    json.write("allowed_hosts", server.allowedHosts);
    json.write("cors_origins", server.corsOrigins);
    json.write("trusted_proxies", server.trustedProxies);
}

void writeUpstream(ConfigJsonWriter &json, const UpstreamConfig &upstream)
{
    json.write("transport", upstream.transport);
}

void writeLimits(ConfigJsonWriter &json, const LimitsConfig &limits)
{
    json.write("requests_per_minute", limits.requestsPerMinute);
    json.write("burst_size", limits.burstSize);
    json.write("tokens_per_minute", limits.tokensPerMinute);
    json.write("max_concurrent", limits.maxConcurrent);
}

void writeRateLimiting(ConfigJsonWriter &json, const RateLimitingConfig &limiting)
{
    json.write("enabled", limiting.enabled);
    writeLimits(json, limiting.perClient);
    json.section("global", [&](ConfigJsonWriter &global) { writeLimits(global, limiting.global); });
    json.list("keys", limiting.keys, [](ConfigJsonWriter &item, const RateLimitingConfig::KeyLimits &key) {
        item.write("name", key.name);
        writeLimits(item, key.limits);
    });
}

void writeCaching(ConfigJsonWriter &json, const CachingConfig &caching)
{
    json.write("enabled", caching.enabled);
    json.write("ttl", caching.ttl);
    json.write("max_size", caching.maxSize);
    json.writeSize("max_entry_bytes", caching.maxEntryBytes);
    json.writeSize("max_bytes", caching.maxBytes);
    json.write("scope", caching.scope);
    json.write("streams", caching.streams);
    json.write("stream_interval", caching.streamInterval);
    json.write("single_flight", caching.singleFlight);
}

void writeStoredResponses(ConfigJsonWriter &json, const StoredResponsesConfig &stored)
{
    json.write("max_entries", stored.maxEntries);
    json.writeSize("max_bytes", stored.maxBytes);
    json.write("ttl", stored.ttl);
}

void writeRetry(ConfigJsonWriter &json, const RetryConfig &retry)
{
    json.write("enabled", retry.enabled);
    json.write("max_attempts", retry.maxAttempts);
    json.write("initial_delay", retry.initialDelay);
    json.write("max_delay", retry.maxDelay);
    json.write("multiplier", retry.multiplier);
    json.write("jitter_factor", retry.jitterFactor);
    json.write("retryable_errors", retry.retryableErrors);
}

std::vector<QByteArray> wordsOf(const CountedErrors &counted)
{
    std::vector<QByteArray> words;
    for (const auto &[word, isCounted] :
         {std::pair("5xx", counted.serverError), std::pair("timeout", counted.timeout),
          std::pair("transport", counted.transport), std::pair("protocol", counted.protocol)}) {
        if (isCounted)
            words.emplace_back(word);
    }
    return words;
}

void writeCircuitBreaker(ConfigJsonWriter &json, const CircuitBreakerConfig &breaker)
{
    json.write("enabled", breaker.enabled);
    json.write("scope", breaker.scope);
    json.write("failure_threshold", breaker.failureThreshold);
    json.write("window", breaker.window);
    json.write("min_failure_ratio", breaker.minFailureRatio);
    json.write("open_for", breaker.openFor);
    json.write("half_open_probes", breaker.halfOpenProbes);
    json.write("counted_errors", wordsOf(breaker.countedErrors));
    json.write("last_target", breaker.lastTarget);
}

void writeLogging(ConfigJsonWriter &json, const LoggingConfig &logging)
{
    json.write("level", logging.level);
    json.write("format", logging.format);
}

void writeHistory(ConfigJsonWriter &json, const HistoryConfig &history)
{
    json.write("enabled", history.enabled);
    json.write("capture", history.capture);
    json.write("path", history.path);
    json.write("max_age", history.maxAge);
    json.write("max_count", history.maxCount);
    json.writeSize("max_bytes", history.maxBytes);
    json.writeSize("max_body_bytes", history.maxBodyBytes);
    json.write("redact", history.redact);
}

void writeDataSharing(ConfigJsonWriter &json, const DataSharingConfig &sharing)
{
    json.write("enabled", sharing.enabled);
    json.write("share_prompts", sharing.sharePrompts);
    json.write("share_responses", sharing.shareResponses);
    json.writeUrl("backend_url", sharing.backendUrl);
    json.write("api_key", sharing.apiKey);
    json.write("gateway_lat", sharing.gatewayLat);
    json.write("gateway_lon", sharing.gatewayLon);
    json.write("compress", sharing.compress);
    json.write("spool_path", sharing.spoolPath);
    json.writeSize("max_spool_bytes", sharing.maxSpoolBytes);
    json.write("remote_control", sharing.remoteControl);
}

void writeRemoteControl(ConfigJsonWriter &json, const RemoteControlConfig &remote)
{
    json.write("max_concurrent", remote.maxConcurrent);
    json.write("timeout", remote.timeout);
    json.writeSize("max_request_bytes", remote.maxRequestBytes);
    json.writeSize("max_answer_bytes", remote.maxAnswerBytes);
}

void writeAdmin(ConfigJsonWriter &json, const AdminConfig &admin)
{
    json.write("enabled", admin.enabled);
    json.write("port", admin.port);
    json.write("token", admin.token);
    json.write("token_file", admin.tokenFile);
}

void writeTelemetry(ConfigJsonWriter &json, const TelemetryConfig &telemetry)
{
    json.writeUrl("endpoint", telemetry.endpoint);
    json.writeSecretMap("headers", telemetry.headers);
    json.write("traces", telemetry.traces);
    json.write("metrics", telemetry.metrics);
    json.write("sample_ratio", telemetry.sampleRatio);
    json.write("content", telemetry.content);
    json.write("genai_semconv", telemetry.genAiNames);
    json.write("service_name", telemetry.serviceName);
    json.writeMap("resource", telemetry.resource);
    json.write("metrics_interval", telemetry.metricsInterval);
    json.write("timeout", telemetry.timeout);
    json.write("compress", telemetry.compress);
}

void writeModelPrices(ConfigJsonWriter &json, const ModelPrices &models)
{
    for (const auto &[model, prices] : models) {
        json.section(model, [&](ConfigJsonWriter &inner) {
            inner.write("input", prices.input);
            inner.write("cached_input", prices.cachedInput);
            inner.write("cache_write", prices.cacheWrite);
            inner.write("cache_write_1h", prices.cacheWriteHour);
            inner.write("output", prices.output);
            inner.write("reasoning", prices.reasoning);
        });
    }
}

QByteArray toJson(const Config &config, Secrets secrets)
{
    ConfigJsonWriter json(secrets);
    const auto section = [&json](QByteArrayView key, const auto &settings, auto write) {
        json.section(key, [&](ConfigJsonWriter &inner) { write(inner, settings); });
    };
    section("server", config.server, writeServer);
    section("upstream", config.upstream, writeUpstream);
    json.section("providers", [&](ConfigJsonWriter &providers) {
        for (const ProviderConfig &provider : config.providers)
            providers.section(provider.id, [&](ConfigJsonWriter &inner) { writeProvider(inner, provider); });
    });
    section("routing", config.routing, writeRouting);
    section("model_selection", config.modelSelection, writeModelSelection);
    section("rate_limiting", config.rateLimiting, writeRateLimiting);
    section("caching", config.caching, writeCaching);
    section("stored_responses", config.storedResponses, writeStoredResponses);
    section("retry", config.retry, writeRetry);
    section("circuit_breaker", config.circuitBreaker, writeCircuitBreaker);
    section("logging", config.logging, writeLogging);
    section("history", config.history, writeHistory);
    section("security", config.security, writeSecurity);
    section("admin", config.admin, writeAdmin);
    section("data_sharing", config.dataSharing, writeDataSharing);
    section("remote_control", config.remoteControl, writeRemoteControl);
    section("telemetry", config.telemetry, writeTelemetry);
    json.section("prices", [&](ConfigJsonWriter &prices) {
        for (const auto &[provider, models] : config.prices)
            prices.section(provider, [&](ConfigJsonWriter &inner) { writeModelPrices(inner, models); });
    });
    return json.finish();
}

QByteArray digestOf(const QByteArray &text)
{
    return QCryptographicHash::hash(text, QCryptographicHash::Sha256);
}

} // namespace

void writeTimeouts(ConfigJsonWriter &json, const TimeoutsConfig &timeouts)
{
    json.section("timeouts", [&](ConfigJsonWriter &map) {
        map.write("connect", timeouts.connect);
        map.write("headers", timeouts.headers);
        map.write("first_content", timeouts.firstContent);
        map.write("between_chunks", timeouts.betweenChunks);
        map.write("total", timeouts.total);
    });
}

QByteArray configJson(const Config &config)
{
    return toJson(config, Secrets::Masked);
}

QByteArray fingerprint(const Config &config)
{
    return digestOf(toJson(config, Secrets::Hashed));
}

QByteArray fingerprint(const ProviderConfig &provider)
{
    ConfigJsonWriter json(Secrets::Hashed);
    json.write("id", provider.id);
    writeProvider(json, provider);
    return digestOf(json.finish());
}

} // namespace lunargate
