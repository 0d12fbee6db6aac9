// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

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
    int port = 8080; ///< 0: the system chooses
    int workers = 0; ///< 0: one per core
    milliseconds headerTimeout = 10s;
    milliseconds readTimeout = 30s;   ///< the whole request
    milliseconds writeTimeout = 5min; ///< 0: none. How long a client may take nothing of an answer that waits
    milliseconds idleTimeout = 60s;   ///< keep-alive
    /// How long a stream may send nothing before its client gets a comment line; 0: it never does.
    milliseconds streamKeepAlive = 0s;
    milliseconds shutdownTimeout = 30s;
    qint64 maxHeaderBytes = 64 * 1024;
    qint64 maxBodyBytes = 10 * 1024 * 1024;
    int maxConnections = 10'000;
    int maxJsonDepth = 512;
    /// Host header names accepted by loopback listeners, beside localhost and the loopback addresses.
    std::vector<QByteArray> allowedHosts;
    /// Origins that get CORS headers; empty: none does.
    std::vector<QByteArray> corsOrigins;
};

enum class TimeoutMode { FirstToken, Total };
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
    std::optional<double> inputPrice = {};    ///< USD per million tokens
    std::optional<double> outputPrice = {};
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

enum class Strategy { RoundRobin, Weighted, Random };

struct TargetConfig
{
    QByteArray provider;
    QByteArray model;               ///< empty: any model of the provider
    int weight = 0;                 ///< for `weighted`; <= 0 counts as 1
    bool responsesUpstream = false; ///< upstream_request_type: responses
    int line = 0;
};

struct RouteConfig
{
    QByteArray name;
    QByteArray pathPrefix;                    ///< empty (`*` in the file): any path
    std::map<QByteArray, QByteArray> headers; ///< lower-case names
    std::vector<TargetConfig> targets;
    std::vector<TargetConfig> fallback;
    int line = 0;
};

struct RoutingConfig
{
    Strategy defaultStrategy = Strategy::RoundRobin;
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

struct RateLimitingConfig
{
    bool enabled = false;
    int requestsPerMinute = 60;
    int burstSize = 10;
};

struct CachingConfig
{
    bool enabled = false;
    milliseconds ttl = 1h;
    int maxSize = 1000; ///< entries
    qint64 maxEntryBytes = 16 * 1024 * 1024;
    qint64 maxBytes = 64 * 1024 * 1024; ///< of all entries
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

enum class LogLevel { Trace, Debug, Info, Warning, Error, Disabled };
enum class LogFormat { Console, Json };

struct LoggingConfig
{
    LogLevel level = LogLevel::Info;
    LogFormat format = LogFormat::Console;
};

enum class AuthProvider { None, ApiKey, External };

struct SecurityConfig
{
    struct Key
    {
        QByteArray name;
        SecretString value;
    };
    struct External
    {
        QByteArray type, jwksUrl, introspectionUrl, issuer;
        std::vector<QByteArray> audience;
        milliseconds timeout = 5s;
    };

    bool enabled = false; ///< after normalisation: whether clients must show a key
    AuthProvider provider = AuthProvider::None;
    QByteArray header = "Authorization";
    QByteArray prefix = "Bearer";
    bool allowXApiKey = true;
    std::vector<Key> keys;
    External external;
};

struct DataSharingConfig
{
    bool enabled = false;
    bool sharePrompts = false;
    bool shareResponses = false;
    QByteArray backendUrl = "https://api.lunargate.ai/v1";
    SecretString apiKey;
    QByteArray gatewayLat;
    QByteArray gatewayLon;
    bool remoteControl = false;
};

/// Everything the YAML file can say.
struct Config
{
    ServerConfig server;
    std::vector<ProviderConfig> providers; ///< in file order, ids unique
    RoutingConfig routing;
    ModelSelectionConfig modelSelection;
    RateLimitingConfig rateLimiting;
    CachingConfig caching;
    RetryConfig retry;
    LoggingConfig logging;
    SecurityConfig security;
    DataSharingConfig dataSharing;

    /// The provider of that id (exact case), or nullptr.
    const ProviderConfig *provider(QByteArrayView id) const;
};

} // namespace lunargate
