// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/anthropic/model_traits.h"

#include <QByteArray>

#include <algorithm>

namespace lunargate::anthropic {

namespace {

using enum ModelTraits::Thinking;

constexpr qint64 kNewMaxTokens = 128'000;

// The first one that fits counts.
constexpr ModelTraits kFamilies[] = {
    {.idPart = "opus-5-5", .thinksByDefault = true, .off = "", .maxTokens = kNewMaxTokens},
    {.idPart = "sonnet-5-5", .thinksByDefault = true, .off = "between_tools", .maxTokens = kNewMaxTokens},
    {.idPart = "fable", .thinksByDefault = true, .off = "", .refusesForcedTools = true, .maxTokens = kNewMaxTokens},
    {.idPart = "mythos", .thinksByDefault = true, .off = "", .refusesForcedTools = true, .maxTokens = kNewMaxTokens},
    {.idPart = "opus-5", .thinksByDefault = true, .limitsEffortWhenOff = true, .maxTokens = kNewMaxTokens},
    {.idPart = "haiku-5", .thinksByDefault = true, .limitsEffortWhenOff = true, .maxTokens = kNewMaxTokens},
    {.idPart = "sonnet-5", .thinksByDefault = true, .maxTokens = kNewMaxTokens},
    {.idPart = "opus-4-8", .maxTokens = kNewMaxTokens},
    {.idPart = "opus-4-7", .maxTokens = kNewMaxTokens},
    {.idPart = "opus-4-6", .extraHigh = "max", .takesSampling = true, .maxTokens = kNewMaxTokens},
    {.idPart = "sonnet-4-6", .extraHigh = "max", .takesSampling = true, .maxTokens = kNewMaxTokens},
    {.idPart = "opus-4-5", .thinking = Budget, .takesSampling = true, .maxTokens = 64'000},
    {.idPart = "sonnet-4-5", .thinking = Budget, .takesSampling = true, .maxTokens = 64'000},
    {.idPart = "haiku-4-5", .thinking = Budget, .takesSampling = true, .maxTokens = 64'000},
    {.idPart = "opus-4-1", .thinking = Budget, .takesSampling = true, .maxTokens = 32'000},
    {.idPart = "opus-4-0",
     .thinking = Budget,
     .takesSampling = true,
     .hasStructuredOutputs = false,
     .maxTokens = 32'000},
    {.idPart = "opus-4-2025",
     .thinking = Budget,
     .takesSampling = true,
     .hasStructuredOutputs = false,
     .maxTokens = 32'000},
    {.idPart = "sonnet-4-0",
     .thinking = Budget,
     .takesSampling = true,
     .hasStructuredOutputs = false,
     .maxTokens = 64'000},
    {.idPart = "sonnet-4-2025",
     .thinking = Budget,
     .takesSampling = true,
     .hasStructuredOutputs = false,
     .maxTokens = 64'000},
    {.idPart = "3-7-sonnet",
     .thinking = Budget,
     .takesSampling = true,
     .hasStructuredOutputs = false,
     .maxTokens = 64'000},
    {.idPart = "claude-3-5", .thinking = None, .takesSampling = true, .hasStructuredOutputs = false, .maxTokens = 8192},
    {.idPart = "claude-3", .thinking = None, .takesSampling = true, .hasStructuredOutputs = false, .maxTokens = 4096},
    {.idPart = "claude"},
    // Services of others with Anthropic's protocol know its older form of thinking.
    {.idPart = "", .thinking = Budget, .takesSampling = true},
};

} // namespace

const ModelTraits &traitsOf(QByteArrayView model)
{
    QByteArray id = model.toByteArray().toLower();
    id.replace('.', '-');
    return *std::ranges::find_if(kFamilies, [&](const ModelTraits &family) { return id.contains(family.idPart); });
}

} // namespace lunargate::anthropic
