// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/config_reader.h"

#include "tests/unit/config/config_reading.h"

#include <QTest>

using namespace lunargate;
using namespace lunargate::test;

/// That every key of the file reaches its field.
class ConfigReaderTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void minimalFileHasTheDefaults()
    {
        const std::optional<Config> config = readClean(kMinimum);
        QVERIFY(config);
        QCOMPARE(config->server.host, QByteArray());
        QCOMPARE(config->server.port, 8080);
        QCOMPARE(config->providers.size(), 1U);
        const ProviderConfig &provider = config->providers.front();
        QCOMPARE(provider.id, "openai");
        QCOMPARE(provider.type, "openai");
        QCOMPARE(provider.apiKey.reveal(), "k");
        QCOMPARE(provider.baseUrl, "https://api.openai.com/v1");
        QCOMPARE(provider.defaultModel, "gpt-4-turbo");
        QCOMPARE(provider.timeout, 120s);
        QCOMPARE(provider.line, 1);
        QCOMPARE(config->routing.defaultStrategy, Strategy::RoundRobin);
        QCOMPARE(config->routing.routes.size(), 1U);
        QCOMPARE(config->routing.routes.front().name, "r");
        QCOMPARE(config->routing.routes.front().line, 2);
        QCOMPARE(config->routing.routes.front().targets.front().weight, 1);
        QCOMPARE(config->retry.retryableErrors, QList<int>({429, 500, 502, 503, 504}));
        QCOMPARE(config->dataSharing.backendUrl, "https://api.lunargate.ai/v1");
        QVERIFY(!config->security.enabled);
    }

    void everyServerKeyIsRead()
    {
        const auto config = readClean(kMinimum + R"(
server:
  host: "[::1]"
  port: 0
  ollama_port: 11434
  workers: 3
  header_timeout: 1s
  read_timeout: 2s
  write_timeout: 3s
  idle_timeout: 4s
  shutdown_timeout: 5s
  max_header_bytes: 32KiB
  max_body_bytes: 256MiB
  max_upload_bytes: 64GiB
  max_connections: 7
  max_json_depth: 8
  allowed_hosts: [Gate.Example, other]
  cors_origins: ["https://app.example/", "*"]
)");
        QVERIFY(config);
        const ServerConfig &server = config->server;
        QCOMPARE(server.host, "::1");
        QCOMPARE(server.port, 0);
        QCOMPARE(server.ollamaPort, 11434);
        QCOMPARE(server.workers, 3);
        QCOMPARE(server.headerTimeout, 1s);
        QCOMPARE(server.readTimeout, 2s);
        QCOMPARE(server.writeTimeout, 3s);
        QCOMPARE(server.idleTimeout, 4s);
        QCOMPARE(server.shutdownTimeout, 5s);
        QCOMPARE(server.maxHeaderBytes, 32 * 1024);
        QCOMPARE(server.maxBodyBytes, 256 * 1024 * 1024);
        QCOMPARE(server.maxUploadBytes, 64LL * 1024 * 1024 * 1024);
        QCOMPARE(server.maxConnections, 7);
        QCOMPARE(server.maxJsonDepth, 8);
        QCOMPARE(server.allowedHosts, (std::vector<QByteArray>{"gate.example", "other"}));
        QCOMPARE(server.corsOrigins, (std::vector<QByteArray>{"https://app.example", "*"}));
    }

    void everyProviderKeyIsRead()
    {
        const auto config = readClean(R"(
providers:
  mine:
    type: OpenAI
    api_key: k
    base_url: https://api.example.com/v1//
    default_model: m
    temperature: 1.0
    top_p: 0.95
    top_k: 64
    organization: o
    api_version: v
    connect_timeout: 1s
    timeout: 2s
    timeout_mode: last_byte
    idle_timeout: 3s
    compatibility_profile: DeepSeek
    normalize_developer_role: true
    extract_reasoning_tags: true
    extra: {Think: "high"}
    models:
      mode: static
      static: [a, b]
      fetch: {ttl: 5m}
routing: {routes: [{targets: [{provider: mine}]}]}
)");
        QVERIFY(config);
        const ProviderConfig &provider = config->providers.front();
        QCOMPARE(provider.id, "mine");
        QCOMPARE(provider.type, "openai");
        QCOMPARE(provider.apiKey.reveal(), "k");
        QCOMPARE(provider.baseUrl, "https://api.example.com/v1");
        QCOMPARE(provider.defaultModel, "m");
        QCOMPARE(provider.temperature, 1.0);
        QCOMPARE(provider.topP, 0.95);
        QCOMPARE(provider.topK, 64);
        QCOMPARE(provider.organization, "o");
        QCOMPARE(provider.apiVersion, "v");
        QCOMPARE(provider.connectTimeout, 1s);
        QCOMPARE(provider.timeout, 2s);
        QCOMPARE(provider.timeoutMode, TimeoutMode::Total);
        QCOMPARE(provider.idleTimeout, 3s);
        QCOMPARE(provider.compatibilityProfile, "deepseek");
        QVERIFY(provider.normalizeDeveloperRole);
        QVERIFY(provider.extractReasoningTags);
        QCOMPARE(provider.extra, (std::map<QByteArray, QByteArray>{{"think", "high"}}));
        QCOMPARE(provider.models.mode, ModelsMode::Static);
        QCOMPARE(provider.models.staticModels, (std::vector<QByteArray>{"a", "b"}));
        QCOMPARE(provider.models.fetchTtl, 5min);
    }

    void everySimulatorKeyIsRead()
    {
        const auto config = readClean(R"(
providers:
  simulator:
    simulator:
      latency: 1ms
      time_to_first_token: 2ms
      tokens_per_second: 3.5
      answer_tokens: 4
      statuses: [503, 200, 429]
      retry_after: 5s
      cut_after_chunks: 6
      stall_after_chunks: 7
      malformed_after_chunks: 8
      missing_end: true
routing: {routes: [{targets: [{provider: simulator}]}]}
)");
        QVERIFY(config);
        QCOMPARE(config->providers.front().type, "simulator");
        QCOMPARE(config->providers.front().defaultModel, "simulator-1");
        const SimulatorConfig &simulator = config->providers.front().simulator;
        QCOMPARE(simulator.latency, 1ms);
        QCOMPARE(simulator.timeToFirstToken, 2ms);
        QCOMPARE(simulator.tokensPerSecond, 3.5);
        QCOMPARE(simulator.answerTokens, 4);
        QCOMPARE(simulator.statuses, (std::vector<int>{503, 200, 429}));
        QCOMPARE(simulator.retryAfter, 5s);
        QCOMPARE(simulator.cutAfterChunks, 6);
        QCOMPARE(simulator.stallAfterChunks, 7);
        QCOMPARE(simulator.malformedAfterChunks, 8);
        QVERIFY(simulator.missingEnd);
    }

    void everyRoutingKeyIsRead()
    {
        const auto config = readClean(R"(
providers: {a: {type: openai}, B.c: {type: ollama}}
routing:
  default_strategy: Weighted
  routes:
    - name: one
      match:
        path: /v1/chat
        headers: {X-Team: Blue, x-lunargate-requires-tools: true}
      targets:
        - {provider: a, model: m, weight: 5, upstream_request_type: responses}
        - {provider: B.c, upstream_request_type: chat_completions}
      fallback:
        - provider: B.c
          model: n
    - name: two
      match: {path: "*"}
      targets: {provider: a}
  model_aliases: {Fast: B.c/llama, plain: some-model}
)");
        QVERIFY(config);
        const RoutingConfig &routing = config->routing;
        QCOMPARE(routing.defaultStrategy, Strategy::Weighted);
        QCOMPARE(routing.routes.size(), 2U);
        const RouteConfig &one = routing.routes[0];
        QCOMPARE(one.name, "one");
        QCOMPARE(one.line, 6);
        QCOMPARE(one.pathPrefix, "/v1/chat");
        QCOMPARE(one.headers,
                 (std::map<QByteArray, QByteArray>{{"x-team", "Blue"}, {"x-lunargate-requires-tools", "true"}}));
        QCOMPARE(one.targets.size(), 2U);
        QCOMPARE(one.targets[0].provider, "a");
        QCOMPARE(one.targets[0].model, "m");
        QCOMPARE(one.targets[0].weight, 5);
        QVERIFY(one.targets[0].responsesUpstream);
        QCOMPARE(one.targets[0].line, 11);
        QCOMPARE(one.targets[1].provider, "B.c");
        QVERIFY(!one.targets[1].responsesUpstream);
        QCOMPARE(one.fallback.size(), 1U);
        QCOMPARE(one.fallback[0].model, "n");
        QCOMPARE(routing.routes[1].pathPrefix, QByteArray());
        QCOMPARE(routing.routes[1].targets.size(), 1U);
        QCOMPARE(routing.modelAliases,
                 (std::map<QByteArray, QByteArray>{{"Fast", "B.c/llama"}, {"plain", "some-model"}}));
        QVERIFY(config->provider("B.c"));
        QVERIFY(!config->provider("b.c"));
    }

    void everyModelSelectionKeyIsRead()
    {
        const ConfigReading reading = readText(kMinimum + R"(
model_selection:
  enabled: true
  override_user_model: true
  output_headers: {complexity: X-C, score: "", skill: x-s}
  complexity_scoring:
    input_tokens_threshold: 1
    weight_input_tokens: 3
    weight_contains_code: 4
    weight_math_reasoning: 5
    weight_analysis_synthesis: 6
    weight_safety_sensitive: 0
    weight_tools: -1
  complexity_tiers: {tier_01_max: 2, tier_23_max: 4, tier_45_max: 6}
  complexity:
    simple: {max_user_chars: 1, min_user_chars: 2, require_no_tools: true}
    complex: {max_messages: 3, min_messages: 4, any_of: [has_tools, requires_json], require_no_json: true}
  skills:
    - name: coding
      regex_any: ['\bcode\b', rust, ' spaces ']
)");
        QCOMPARE(reading.problems.size(), 1U);
        QVERIFY(
            textOf(reading.problems).startsWith("c.yaml:18:5: warning: model_selection.complexity: these rules never"));
        QVERIFY(reading.config);
        const ModelSelectionConfig &selection = reading.config->modelSelection;
        QVERIFY(selection.enabled);
        QVERIFY(selection.overrideUserModel);
        QCOMPARE(selection.complexityHeader, "x-c");
        QCOMPARE(selection.scoreHeader, "");
        QCOMPARE(selection.skillHeader, "x-s");
        QCOMPARE(selection.inputTokensThreshold, 1);
        QCOMPARE(selection.weightInputTokens, 3);
        QCOMPARE(selection.weightContainsCode, 4);
        QCOMPARE(selection.weightMathReasoning, 5);
        QCOMPARE(selection.weightAnalysisSynthesis, 6);
        QCOMPARE(selection.weightSafetySensitive, 0);
        QCOMPARE(selection.weightTools, 0);
        QCOMPARE(selection.tier01Max, 2);
        QCOMPARE(selection.tier23Max, 4);
        QCOMPARE(selection.tier45Max, 6);
        QCOMPARE(selection.simple.maxUserChars, 1);
        QCOMPARE(selection.simple.minUserChars, 2);
        QVERIFY(selection.simple.requireNoTools);
        QCOMPARE(selection.complex.maxMessages, 3);
        QCOMPARE(selection.complex.minMessages, 4);
        QCOMPARE(selection.complex.anyOf, (std::vector<QByteArray>{"has_tools", "requires_json"}));
        QVERIFY(selection.complex.requireNoJson);
        QCOMPARE(selection.skills.size(), 1U);
        QCOMPARE(selection.skills[0].name, "coding");
        QCOMPARE(selection.skills[0].regexAny, (std::vector<QByteArray>{"\\bcode\\b", "rust", " spaces "}));
    }

    void everyTrafficKeyIsRead()
    {
        const auto config = readClean(kMinimum + R"(
rate_limiting: {enabled: true, requests_per_minute: 120, burst_size: 0}
caching: {enabled: true, ttl: 2h, max_size: 5, max_entry_bytes: 1KiB, max_bytes: 1MiB}
retry:
  enabled: false
  max_attempts: 10
  initial_delay: 100ms
  max_delay: 1s
  multiplier: 1.5
  jitter_factor: 0
  retryable_errors: [408, 529]
logging: {level: WARN, format: json}
)");
        QVERIFY(config);
        QVERIFY(config->rateLimiting.enabled);
        QCOMPARE(config->rateLimiting.perClient.requestsPerMinute, 120);
        QCOMPARE(config->rateLimiting.perClient.burstSize, 20); // a sixth of it
        QVERIFY(config->caching.enabled);
        QCOMPARE(config->caching.ttl, 2h);
        QCOMPARE(config->caching.maxSize, 5);
        QCOMPARE(config->caching.maxEntryBytes, 1024);
        QCOMPARE(config->caching.maxBytes, 1024 * 1024);
        QVERIFY(!config->retry.enabled);
        QCOMPARE(config->retry.maxAttempts, 10);
        QCOMPARE(config->retry.initialDelay, 100ms);
        QCOMPARE(config->retry.maxDelay, 1s);
        QCOMPARE(config->retry.multiplier, 1.5);
        QCOMPARE(config->retry.jitterFactor, 0.0);
        QCOMPARE(config->retry.retryableErrors, QList<int>({408, 529}));
        QCOMPARE(config->logging.level, LogLevel::Warning);
        QCOMPARE(config->logging.format, LogFormat::Json);
    }

    void everyDataSharingKeyIsRead()
    {
        const auto config = readClean(kMinimum + R"(
data_sharing:
  enabled: true
  share_prompts: true
  share_responses: true
  backend_url: https://backend.example/v1/collector/
  api_key: lgw_1
  gateway_lat: 50.1
  gateway_lon: 14.4
  compress: true
  spool_path: waiting
  max_spool_bytes: 2MiB
  remote_control: true
)");
        QVERIFY(config);
        const DataSharingConfig &sharing = config->dataSharing;
        QVERIFY(sharing.enabled && sharing.sharePrompts && sharing.shareResponses && sharing.remoteControl);
        QVERIFY(sharing.compress);
        QCOMPARE(sharing.backendUrl, "https://backend.example/v1");
        QCOMPARE(sharing.apiKey.reveal(), "lgw_1");
        QCOMPARE(sharing.gatewayLat, "50.1");
        QCOMPARE(sharing.gatewayLon, "14.4");
        QCOMPARE(sharing.spoolPath, "./waiting"); // as seen from the configuration's folder
        QCOMPARE(sharing.maxSpoolBytes, 2 * 1024 * 1024);
    }

    void generalReplacesTheDataSharingKeys()
    {
        const auto config = readClean(kMinimum + "data_sharing: {api_key: old}\n"
                                                 "general: {api_key: new, backend_url: 'https://b.example'}\n");
        QVERIFY(config);
        QCOMPARE(config->dataSharing.apiKey.reveal(), "new");
        QCOMPARE(config->dataSharing.backendUrl, "https://b.example");
    }
};

QTEST_GUILESS_MAIN(ConfigReaderTest)
#include "tst_config_reader.moc"
