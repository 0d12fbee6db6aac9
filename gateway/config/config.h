// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/observability_config.h"
#include "gateway/config/provider_config.h"
#include "gateway/config/token_prices.h"
#include "gateway/security/secret_string.h"

#include <QByteArray>
#include <QList>

#include <chrono>
#include <map>
#include <optional>
#include <vector>

namespace lunargate {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

// The configuration as plain values, one struct a section, with the defaults of a missing key. Text is UTF-8 after
// ${VAR} expansion. The reader (config_reader.h) fills it; nothing else writes it.

struct ServerConfig
{
    /// Empty: 127.0.0.1 and ::1.
    QByteArray host;
    int port = 8080;    ///< 0: the system chooses
    int ollamaPort = 0; ///< a second one, for clients that know Ollama only; 0: there is none
    int workers = 0;    ///< 0: one per core
    milliseconds headerTimeout = 10s;
    milliseconds readTimeout = 30s;   ///< the whole request
    milliseconds writeTimeout = 5min; ///< 0: none. How long a client may take nothing of an answer that waits
    milliseconds idleTimeout = 60s;   ///< keep-alive
    /// How long a stream may send nothing before its client gets a comment line; 0: it never does.
    milliseconds streamKeepAlive = 0s;
    milliseconds shutdownTimeout = 30s;
    qint64 maxHeaderBytes = 64 * 1024;
    qint64 maxBodyBytes = 10 * 1024 * 1024;
    qint64 maxUploadBytes = 512 * 1024 * 1024; ///< of forms with files, which are passed on while they come
    int maxConnections = 10'000;
    int maxJsonDepth = 512;
    milliseconds webSocketPing = 25s;     ///< between two pings to a client with a WebSocket; 0: none
    milliseconds webSocketMaxAge = 60min; ///< of a WebSocket; 0: any
    /// Host header names accepted by loopback listeners, beside localhost and the loopback addresses.
    std::vector<QByteArray> allowedHosts;
    /// Origins that get CORS headers; empty: none does.
    std::vector<QByteArray> corsOrigins;
    /// Addresses and networks (`10.0.0.0/8`) whose `X-Forwarded-For` tells who the client is.
    std::vector<QByteArray> trustedProxies;
};

enum class Strategy {
    RoundRobin,
    Weighted,
    Random,
    LeastPending, ///< the target with the fewest running calls in proportion to its weight
    Latency,      ///< the target with the smallest peak EWMA of its latency, times its running calls
};

/// What a target sends or allows otherwise than its provider.
struct TargetOverrides
{
    TimeoutsConfig timeouts;
    std::optional<double> temperature;
    std::optional<double> topP;
    std::optional<int> topK;
    std::optional<int> maxTokens;
    std::map<QByteArray, QByteArray> headers; ///< lower-case names

    bool operator==(const TargetOverrides &) const = default;
};

struct TargetConfig
{
    QByteArray provider;
    QByteArray model;               ///< empty: any model of the provider
    int weight = 1;                 ///< its share; 0: drained, it gets no requests
    bool responsesUpstream = false; ///< upstream_request_type: responses
    TargetOverrides overrides;
    int line = 0;
};

/// Which failures of a target lead to the next one.
struct FallbackTriggers
{
    struct StatusRange
    {
        int first = 0;
        int last = 0; ///< included
        bool operator==(const StatusRange &) const = default;
    };
    std::vector<StatusRange> statuses; ///< of the provider's answer
    bool timeout = false;
    bool transport = false;     ///< not reached, or the connection broke, or the answer made no sense
    bool openCircuit = false;   ///< also a full queue of ours
    bool contextLength = false; ///< the request is too long for the model
    bool contentFilter = false; ///< the provider refused the content

    bool operator==(const FallbackTriggers &) const = default;
};

struct RouteConfig
{
    QByteArray name;
    QByteArray pathPrefix;                    ///< empty (`*` in the file): any path
    std::map<QByteArray, QByteArray> headers; ///< lower-case names
    std::vector<TargetConfig> targets;
    std::vector<TargetConfig> fallback;
    std::optional<Strategy> strategy;           ///< empty: the default one
    std::optional<FallbackTriggers> fallbackOn; ///< empty: whatever another target could help against
    TimeoutsConfig timeouts;
    std::optional<milliseconds> requestTimeout; ///< empty: that of RoutingConfig
    milliseconds hedgeAfter = 0ms;              ///< 0: no second call while the first is running
    int line = 0;
};

struct RoutingConfig
{
    Strategy defaultStrategy = Strategy::RoundRobin;
    /// All attempts and waits together, until an answer is there (whole, or a stream's first content); 0: no limit.
    milliseconds requestTimeout = 0ms;
    std::vector<RouteConfig> routes;
    /// `model_aliases`: names of the user's own for models, for example `fast: groq/llama-3.3-70b`.
    std::map<QByteArray, QByteArray> modelAliases;
};

struct ModelSelectionConfig
{
    struct Skill
    {
        QByteArray name;
        std::vector<QByteArray> regexAny; ///< RE2 syntax
    };
    /// Parsed for compatibility; a tier is always found first, so these never decide.
    struct ComplexityRule
    {
        std::optional<int> maxUserChars, minUserChars, maxMessages, minMessages;
        std::vector<QByteArray> anyOf;
        bool requireNoTools = false;
        bool requireNoJson = false;
    };

    bool enabled = false;
    bool overrideUserModel = false;
    QByteArray complexityHeader = "x-lunargate-complexity";
    QByteArray scoreHeader = "x-lunargate-complexity-score";
    QByteArray skillHeader = "x-lunargate-skill";
    int inputTokensThreshold = 2000;
    int weightInputTokens = 2;
    int weightContainsCode = 2;
    int weightMathReasoning = 2;
    int weightAnalysisSynthesis = 1;
    int weightSafetySensitive = 2;
    int weightTools = 2;
    int tier01Max = 1;
    int tier23Max = 3;
    int tier45Max = 5;
    ComplexityRule simple, complex;
    std::vector<Skill> skills;
};

/// What one client, or all of them together, may use. 0: no limit.
struct LimitsConfig
{
    int requestsPerMinute = 0;
    int burstSize = 0; ///< requests at once after a pause; at least 1 where requests are limited
    int tokensPerMinute = 0;
    int maxConcurrent = 0;

    bool operator==(const LimitsConfig &) const = default;
};

struct RateLimitingConfig
{
    struct KeyLimits
    {
        QByteArray name; ///< of a key under security.api_key.keys, or a token's subject
        LimitsConfig limits;
        bool operator==(const KeyLimits &) const = default;
    };

    bool enabled = false;
    LimitsConfig perClient{.requestsPerMinute = 60, .burstSize = 10};
    LimitsConfig global;
    std::vector<KeyLimits> keys; ///< instead of perClient for clients of that name

    bool operator==(const RateLimitingConfig &) const = default;
};

/// With whom a client may share cached answers.
enum class CacheScope { Caller, Everybody };

struct CachingConfig
{
    bool enabled = false;
    milliseconds ttl = 1h;
    int maxSize = 1000; ///< entries
    qint64 maxEntryBytes = 16 * 1024 * 1024;
    qint64 maxBytes = 64 * 1024 * 1024; ///< of all entries
    CacheScope scope = CacheScope::Caller;
    bool streams = false;
    milliseconds streamInterval = 0ms; ///< between two frames of a stream from the cache
    bool singleFlight = false;         ///< equal requests wait for the first one's answer

    bool operator==(const CachingConfig &) const = default;
};

/// Responses that later calls may refer to (`previous_response_id`).
struct StoredResponsesConfig
{
    int maxEntries = 10'000;             ///< 0: none are kept
    qint64 maxBytes = 128 * 1024 * 1024; ///< of all of them
    milliseconds ttl = 24h;              ///< from when a response came

    bool operator==(const StoredResponsesConfig &) const = default;
};

struct RetryConfig
{
    bool enabled = true;
    int maxAttempts = 3; ///< per target, the first one included
    milliseconds initialDelay = 1s;
    milliseconds maxDelay = 30s;
    double multiplier = 2.0;
    double jitterFactor = 0.2;
    QList<int> retryableErrors = {429, 500, 502, 503, 504};
};

/// What shares one circuit breaker.
enum class BreakerScope { Provider, Model };

/// What is left when every target's circuit is open.
enum class LastTargetPolicy {
    Reject,   ///< the request is refused with the time to wait
    LeastBad, ///< the target whose circuit closes next is asked all the same
};

/// The kinds of failures that a circuit breaker counts.
struct CountedErrors
{
    bool serverError = true; ///< 5xx
    bool timeout = true;
    bool transport = true;
    bool protocol = true; ///< an answer that makes no sense, or a stream that broke

    bool operator==(const CountedErrors &) const = default;
};

struct CircuitBreakerConfig
{
    bool enabled = true;
    BreakerScope scope = BreakerScope::Provider;
    int failureThreshold = 5; ///< within `window`
    milliseconds window = 60s;
    double minFailureRatio = 0.5; ///< of all calls within `window`
    milliseconds openFor = 30s;
    int halfOpenProbes = 3; ///< so many are let through at once, and so many must succeed
    CountedErrors countedErrors;
    LastTargetPolicy lastTarget = LastTargetPolicy::Reject;

    bool operator==(const CircuitBreakerConfig &) const = default;
};

/// How the endpoints below /admin are reached and by whom, beside the clients that are administrators by `security`.
struct AdminConfig
{
    bool enabled = true;
    std::optional<int> port; ///< on loopback, for /admin alone; empty: that of the gateway; 0: the system chooses
    SecretString token;      ///< empty: that of the file
    QByteArray tokenFile;    ///< made if it is missing; empty: in the user's data folder
};

enum class AuthProvider { None, ApiKey, Jwt };

struct SecurityConfig
{
    struct Key
    {
        QByteArray name = {};
        SecretString value = {}; ///< the key itself; empty with `sha256`
        QByteArray sha256 = {};  ///< of the key, 32 bytes; empty with `value`
        std::optional<std::chrono::sys_seconds> expires = {};
        std::vector<QByteArray> routes = {}; ///< names of routes that it may use; empty: all
        std::vector<QByteArray> models = {}; ///< `PROVIDER/MODEL` or `MODEL`, each perhaps with `*`; empty: all
        bool isAdmin = false;                ///< may also use /admin
    };
    struct Jwt
    {
        QByteArray jwksFile; ///< absolute, or as seen from the working directory
        QByteArray jwksUrl;
        milliseconds jwksRefresh = 10min;
        milliseconds timeout = 5s; ///< to fetch the keys
        QByteArray issuer;
        std::vector<QByteArray> audience;
        std::vector<QByteArray> algorithms; ///< empty: RS256, ES256 and EdDSA
        milliseconds leeway = 60s;
        QByteArray nameClaim = "sub";
        QByteArray adminClaim; ///< `CLAIM=VALUE`; empty: no token is an administrator's
    };
    /// Each failed attempt after the first few makes the next answer to that peer wait longer.
    struct SlowDown
    {
        int freeAttempts = 5;
        milliseconds maxDelay = 5s; ///< 0: nobody waits
    };

    bool enabled = false; ///< after normalisation: whether clients must show a key
    /// Whether the configuration itself says that it is on or off, or by which provider.
    bool isDecided = false;
    AuthProvider provider = AuthProvider::None;
    QByteArray header = "Authorization";
    QByteArray prefix = "Bearer";
    bool allowXApiKey = true; ///< `X-API-Key` and `api-key` too
    std::vector<Key> keys;
    Jwt jwt;
    SlowDown slowDown;
};

/// Everything the YAML file can say.
struct Config
{
    ServerConfig server;
    UpstreamConfig upstream;
    std::vector<ProviderConfig> providers; ///< in file order, ids unique
    RoutingConfig routing;
    ModelSelectionConfig modelSelection;
    RateLimitingConfig rateLimiting;
    CachingConfig caching;
    StoredResponsesConfig storedResponses;
    RetryConfig retry;
    CircuitBreakerConfig circuitBreaker;
    LoggingConfig logging;
    HistoryConfig history;
    SecurityConfig security;
    AdminConfig admin;
    DataSharingConfig dataSharing;
    RemoteControlConfig remoteControl;
    TelemetryConfig telemetry;
    std::map<QByteArray, ModelPrices> prices; ///< of the user's own, by provider id
    /// Whatever came from the keychain, wherever it stands, so that it is kept out of logs.
    std::vector<SecretString> keychainSecrets;

    /// The provider of that id (exact case), or nullptr.
    const ProviderConfig *provider(QByteArrayView id) const;
};

} // namespace lunargate
