// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/gemini/model_family.h"

#include <algorithm>

namespace lunargate::gemini {

namespace {

using Thinking = ModelFamily::Thinking;

// Columns: none, minimal, low, medium, high, max. Gemini API, "Thinking": budgets of the 2.5 models with their smallest
// and largest; levels of the later ones, which cannot stop thinking. Effort to level and budget as in Gemini API,
// "OpenAI compatibility".
constexpr std::array kFlashBudgets{0, 512, 1024, 8192, 24576, 24576};
constexpr std::array kProBudgets{128, 512, 1024, 8192, 24576, 32768};
constexpr std::array<QByteArrayView, 6> kFlashLevels{"minimal", "minimal", "low", "medium", "high", "high"};
constexpr std::array<QByteArrayView, 6> kProLevels{"low", "low", "low", "medium", "high", "high"};
constexpr std::array<QByteArrayView, 6> kFirstProLevels{"low", "low", "low", "high", "high", "high"};

// The first that fits counts.
constexpr ModelFamily kFamilies[] = {
    {.prefix = "gemma", .hasSystemInstruction = false}, // "Gemma formatting and system instructions"
    {.prefix = "gemini-1", .hasPenalties = true},
    {.prefix = "gemini-2.0", .hasPenalties = true},
    {.prefix = "gemini-2.5", .infix = "-image"},
    {.prefix = "gemini-", .infix = "-tts"},
    {.prefix = "gemini-2.5-pro",
     .thinking = Thinking::Budget,
     .budgets = kProBudgets,
     .leastBudget = 128,
     .mostBudget = 32768,
     .canStopThinking = false},
    {.prefix = "gemini-2.5-flash-lite",
     .thinking = Thinking::Budget,
     .budgets = kFlashBudgets,
     .leastBudget = 512,
     .mostBudget = 24576},
    {.prefix = "gemini-2.5", .thinking = Thinking::Budget, .budgets = kFlashBudgets, .mostBudget = 24576},
    {.prefix = "gemini-3-pro-image",
     .takesFormatWithFunctions = true,
     .needsSignatures = true,
     .takesMediaResults = true},
    {.prefix = "gemini-3-pro",
     .thinking = Thinking::Level,
     .levels = kFirstProLevels,
     .takesFormatWithFunctions = true,
     .needsSignatures = true,
     .takesMediaResults = true},
    {.prefix = "gemini-",
     .infix = "-pro",
     .thinking = Thinking::Level,
     .levels = kProLevels,
     .takesFormatWithFunctions = true,
     .needsSignatures = true,
     .takesMediaResults = true},
    {.prefix = "gemini-",
     .thinking = Thinking::Level,
     .levels = kFlashLevels,
     .takesFormatWithFunctions = true,
     .needsSignatures = true,
     .takesMediaResults = true},
    {.prefix = ""},
};

} // namespace

std::optional<Effort> effortOf(QByteArrayView word)
{
    struct Name
    {
        QByteArrayView word;
        Effort effort = Effort::None;
    };
    static constexpr Name kNames[] = {
        {"none", Effort::None}, {"minimal", Effort::Minimal}, {"low", Effort::Low}, {"medium", Effort::Medium},
        {"high", Effort::High}, {"xhigh", Effort::Max},       {"max", Effort::Max},
    };
    const auto found = std::ranges::find_if(
        kNames, [&](const Name &name) { return word.compare(name.word, Qt::CaseInsensitive) == 0; });
    return found == std::end(kNames) ? std::nullopt : std::optional(found->effort);
}

qint64 budgetFor(const ModelFamily &family, qint64 tokens)
{
    if (family.thinking != Thinking::Budget || tokens < 0 || (tokens == 0 && family.canStopThinking))
        return tokens;
    return std::clamp<qint64>(tokens, family.leastBudget, family.mostBudget);
}

const ModelFamily &familyOf(QByteArrayView model)
{
    const QByteArrayView name = model.startsWith(kModels) ? model.sliced(kModels.size()) : model;
    return *std::ranges::find_if(kFamilies, [&](const ModelFamily &family) {
        return name.startsWith(family.prefix) && (family.infix.isEmpty() || name.contains(family.infix));
    });
}

QByteArray modelPath(QByteArrayView model)
{
    for (const QByteArrayView collection : {kModels, kTunedModels}) {
        if (model.startsWith(collection))
            return collection.toByteArray() + model.sliced(collection.size()).toByteArray().toPercentEncoding();
    }
    return kModels.toByteArray() + model.toByteArray().toPercentEncoding();
}

} // namespace lunargate::gemini
