// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/enum_names.h"

#include <utility>

namespace lunargate {

namespace {

template <typename Enum>
constexpr NamedValue named(const char *name, Enum value)
{
    return {name, std::to_underlying(value), false};
}

template <typename Enum>
constexpr NamedValue alias(const char *name, Enum value)
{
    return {name, std::to_underlying(value), true};
}

} // namespace

std::span<const NamedValue> namesOf(TransportKind)
{
    static constexpr NamedValue names[] = {named("auto", TransportKind::Auto), named("curl", TransportKind::Curl)};
    return names;
}

std::span<const NamedValue> namesOf(TimeoutMode)
{
    static constexpr NamedValue names[] = {named("ttft", TimeoutMode::FirstToken), named("total", TimeoutMode::Total),
                                           alias("last_byte", TimeoutMode::Total)};
    return names;
}

std::span<const NamedValue> namesOf(ModelsMode)
{
    static constexpr NamedValue names[] = {named("translator", ModelsMode::Translator),
                                           named("static", ModelsMode::Static), named("fetch", ModelsMode::Fetch)};
    return names;
}

std::span<const NamedValue> namesOf(Protocol)
{
    static constexpr NamedValue names[] = {named("openai", Protocol::OpenAi), named("anthropic", Protocol::Anthropic),
                                           named("gemini", Protocol::Gemini), named("ollama", Protocol::Ollama),
                                           named("simulator", Protocol::Simulator)};
    return names;
}

std::span<const NamedValue> namesOf(KeyScheme)
{
    static constexpr NamedValue names[] = {named("bearer", KeyScheme::Bearer), named("header", KeyScheme::Header),
                                           named("none", KeyScheme::None)};
    return names;
}

std::span<const NamedValue> namesOf(MaxTokensField)
{
    static constexpr NamedValue names[] = {named("as_sent", MaxTokensField::AsSent),
                                           named("max_tokens", MaxTokensField::MaxTokens),
                                           named("max_completion_tokens", MaxTokensField::MaxCompletionTokens),
                                           named("by_model", MaxTokensField::ByModel)};
    return names;
}

std::span<const NamedValue> namesOf(ReasoningField)
{
    static constexpr NamedValue names[] = {named("effort", ReasoningField::Effort),
                                           named("object", ReasoningField::Object),
                                           named("both", ReasoningField::Both)};
    return names;
}

std::span<const NamedValue> namesOf(ReasoningHistory)
{
    static constexpr NamedValue names[] = {named("as_sent", ReasoningHistory::AsSent),
                                           named("reasoning", ReasoningHistory::Reasoning),
                                           named("reasoning_content", ReasoningHistory::ReasoningContent)};
    return names;
}

std::span<const NamedValue> namesOf(Strategy)
{
    static constexpr NamedValue names[] = {named("round-robin", Strategy::RoundRobin),
                                           named("weighted", Strategy::Weighted), named("random", Strategy::Random),
                                           named("least-pending", Strategy::LeastPending),
                                           named("latency", Strategy::Latency)};
    return names;
}

std::span<const NamedValue> namesOf(LogLevel)
{
    // The numbers are the levels of zerolog, which older configurations use.
    static constexpr NamedValue names[] = {
        named("trace", LogLevel::Trace),     named("debug", LogLevel::Debug), named("info", LogLevel::Info),
        named("warn", LogLevel::Warning),    named("error", LogLevel::Error), named("disabled", LogLevel::Disabled),
        alias("warning", LogLevel::Warning), alias("fatal", LogLevel::Error), alias("panic", LogLevel::Error),
        alias("-1", LogLevel::Trace),        alias("0", LogLevel::Debug),     alias("1", LogLevel::Info),
        alias("2", LogLevel::Warning),       alias("3", LogLevel::Error),     alias("4", LogLevel::Error),
        alias("5", LogLevel::Error),         alias("7", LogLevel::Disabled)};
    return names;
}

std::span<const NamedValue> namesOf(LogFormat)
{
    static constexpr NamedValue names[] = {named("console", LogFormat::Console), named("json", LogFormat::Json)};
    return names;
}

std::span<const NamedValue> namesOf(GenAiNames)
{
    static constexpr NamedValue names[] = {named("v1.41", GenAiNames::V141), named("latest", GenAiNames::Latest)};
    return names;
}

std::span<const NamedValue> namesOf(HistoryCapture)
{
    static constexpr NamedValue names[] = {named("none", HistoryCapture::None),
                                           named("metadata", HistoryCapture::Metadata),
                                           named("bodies", HistoryCapture::Bodies)};
    return names;
}

std::span<const NamedValue> namesOf(AuthProvider)
{
    static constexpr NamedValue names[] = {named("none", AuthProvider::None), named("api_key", AuthProvider::ApiKey),
                                           named("jwt", AuthProvider::Jwt), alias("external", AuthProvider::Jwt)};
    return names;
}

std::span<const NamedValue> namesOf(CacheScope)
{
    static constexpr NamedValue names[] = {named("caller", CacheScope::Caller),
                                           named("everybody", CacheScope::Everybody)};
    return names;
}

std::span<const NamedValue> namesOf(BreakerScope)
{
    static constexpr NamedValue names[] = {named("provider", BreakerScope::Provider),
                                           named("model", BreakerScope::Model)};
    return names;
}

std::span<const NamedValue> namesOf(LastTargetPolicy)
{
    static constexpr NamedValue names[] = {named("reject", LastTargetPolicy::Reject),
                                           named("least_bad", LastTargetPolicy::LeastBad)};
    return names;
}

} // namespace lunargate
