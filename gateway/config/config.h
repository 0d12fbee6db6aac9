// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/observability_config.h"
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

enum class TransportKind {
    Auto, ///< plain HTTP to addresses by DirectTransport, the rest by libcurl
    Curl, ///< all by libcurl
};

/// How providers are reached.
struct UpstreamConfig
{
    TransportKind transport = TransportKind::Auto;
};

enum class TimeoutMode { FirstToken, Total };

/// Limits of one attempt. What is not set here is as at the next wider place: target, route, provider. 0: no limit.
struct TimeoutsConfig
{
    std::optional<milliseconds> connect;
    std::optional<milliseconds> headers;       ///< from the start to the answer's head
    std::optional<milliseconds> firstContent;  ///< from the start to the first useful event or byte
    std::optional<milliseconds> betweenChunks; ///< between two pieces of an answer
    std::optional<milliseconds> total;         ///< from the start to the end of the answer

    bool operator==(const TimeoutsConfig &) const = default;
};

/// How many calls to a provider may run at once, and how many more may wait.
struct ConcurrencyConfig
{
    int limit = 0; ///< 0: any number
    int queueSize = 100;
    milliseconds queueTimeout = 30s;

    bool operator==(const ConcurrencyConfig &) const = default;
};
enum class ModelsMode { Translator, Static, Fetch };

struct ModelsConfig
{
    ModelsMode mode = ModelsMode::Translator;
    std::vector<QByteArray> staticModels;
    milliseconds fetchTtl = 10min;
};

/// What a simulated upstream does wrong, and how fast it is. See docs/simulator.md.
struct SimulatorConfig
{
    milliseconds latency = 0ms;                  ///< before the response head
    milliseconds timeToFirstToken = 0ms;         ///< after the head, before the first content
    double tokensPerSecond = 0;                  ///< 0: as fast as the client takes them
    int answerTokens = 40;                       ///< length of a plain answer
    std::vector<int> statuses = {};              ///< one a request in this order, then 200; an element 200 is a success
    std::optional<milliseconds> retryAfter = {}; ///< sent with error statuses
    int cutAfterChunks = -1;                     ///< the connection breaks after that many chunks; -1: never
    int stallAfterChunks = -1;                   ///< nothing more comes after that many chunks; -1: never
    int malformedAfterChunks = -1;               ///< a chunk that is not JSON after that many; -1: never
    bool missingEnd = false;                     ///< the stream closes without [DONE]
};

/// What a service is spoken to in; one folder under gateway/providers each.
enum class Protocol { OpenAi, Anthropic, Gemini, Ollama, Simulator };

/// How a service wants to be shown the key.
enum class KeyScheme { Bearer, Header, None };

struct AuthConfig
{
    KeyScheme scheme = KeyScheme::Bearer;
    QByteArray header; ///< with KeyScheme::Header
};

/// Under which name a service takes the limit of an answer's length.
enum class MaxTokensField {
    AsSent,              ///< as the client wrote it
    MaxTokens,           ///< `max_tokens`
    MaxCompletionTokens, ///< `max_completion_tokens`
    ByModel,             ///< `max_completion_tokens` for OpenAI's reasoning models, as the client wrote it for others
};

/// How a service is told how much to think.
enum class ReasoningField {
    Effort, ///< `reasoning_effort`
    Object, ///< `reasoning`, or either
    Both,   ///< `reasoning_effort` for how much, `reasoning` for everything else
};

/// What assistant messages of earlier turns carry their thoughts in.
enum class ReasoningHistory {
    AsSent,
    Reasoning,        ///< `reasoning`
    ReasoningContent, ///< `reasoning_content`
};

/// Where a service that speaks OpenAI's chat protocol differs from it.
struct QuirksConfig
{
    bool developerRole = true; ///< it knows the role `developer`; false: such messages are sent as `system`
    MaxTokensField maxTokensField = MaxTokensField::AsSent;
    ReasoningField reasoningField = ReasoningField::Effort;
    QByteArray seedField = "seed";
    QByteArray requiredToolChoice = "required"; ///< its word for "some tool must be called"
    bool logprobsAsNumber = false;              ///< `logprobs` is how many, and there is no `top_logprobs`
    bool stopAsArray = false;                   ///< it takes `stop` only as an array
    bool streamOptions = true;                  ///< it knows `stream_options`
    int toolCallIdLength = 0; ///< ids of tool calls must be so many ASCII letters and digits; 0: they may be anything
    ReasoningHistory reasoningHistory = ReasoningHistory::AsSent;
    bool reasoningWithToolCalls = false;  ///< messages with tool calls must have `reasoning_content`, be it empty
    std::vector<QByteArray> refused = {}; ///< parameters that it answers with an error
    std::vector<QByteArray> refusedMessageFields = {};  ///< likewise, in messages
    std::vector<QByteArray> refusedToolCallFields = {}; ///< likewise, in the tool calls of messages
};

/// What a service has beside chat.
struct Capabilities
{
    bool embeddings = true;
    bool responses = true; ///< OpenAI's Responses protocol
    bool models = true;    ///< a list of models to ask for
};

/// A model that a service is known to have.
struct KnownModel
{
    QByteArray id;
    std::optional<qint64> contextLength = {}; ///< tokens
};

/// A provider. What the file does not say comes from the preset of its type, see provider_presets.h.
struct ProviderConfig
{
    QByteArray id;
    QByteArray type; ///< lower case; the id itself if that names a type
    Protocol protocol = Protocol::OpenAi;
    SecretString apiKey;
    QByteArray baseUrl; ///< no trailing slash; never empty but for the simulator
    AuthConfig auth;
    std::map<QByteArray, QByteArray> headers; ///< sent with every call; lower-case names
    std::map<QByteArray, QByteArray> query;   ///< in every address, for example `api-version`
    QByteArray defaultModel;                  ///< may be empty
    std::optional<double> temperature;
    std::optional<double> topP;
    std::optional<int> topK;
    std::optional<int> maxTokens; ///< of an answer, where the client names no limit
    QByteArray organization;
    QByteArray apiVersion;
    milliseconds connectTimeout = 30s;
    milliseconds timeout = 120s; ///< one attempt; see timeoutMode
    TimeoutMode timeoutMode = TimeoutMode::FirstToken;
    milliseconds idleTimeout = 120s; ///< between two pieces of a stream; 0: none
    TimeoutsConfig timeouts;         ///< these win over the four above
    ConcurrencyConfig concurrency;
    int warmConnections = 0;         ///< of each worker, open before somebody needs them
    QByteArray compatibilityProfile; ///< lower case
    bool normalizeDeveloperRole = false;
    bool extractReasoningTags = false;      ///< take <think> texts out of answers
    std::map<QByteArray, QByteArray> extra; ///< lower-case keys
    QuirksConfig quirks;                    ///< with Protocol::OpenAi
    Capabilities capabilities;
    std::vector<KnownModel> knownModels; ///< none if the address is not the vendor's own
    ModelsConfig models;
    SimulatorConfig simulator;
    int line = 0; ///< where it stands in the file, 1-based
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
