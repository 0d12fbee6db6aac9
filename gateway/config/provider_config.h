// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/security/secret_string.h"

#include <QByteArray>

#include <chrono>
#include <map>
#include <optional>
#include <vector>

namespace lunargate {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

// Providers, and how they are reached, as plain values; see config.h.

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

} // namespace lunargate
