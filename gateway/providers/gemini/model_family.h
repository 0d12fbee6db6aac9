// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <array>
#include <optional>

namespace lunargate::gemini {

/// How much a model is asked to think: the words of `reasoning_effort`. `xhigh` is as much as there is.
enum class Effort { None, Minimal, Low, Medium, High, Max };

/// Nothing for a word that is no effort.
std::optional<Effort> effortOf(QByteArrayView word);

/// What the models of one family understand; the rest of the protocol is the same for all.
struct ModelFamily
{
    enum class Thinking {
        None,   ///< a `thinkingConfig` is an error
        Level,  ///< `thinkingLevel`
        Budget, ///< `thinkingBudget`, in tokens
    };

    QByteArrayView prefix;     ///< of the model's name
    QByteArrayView infix = {}; ///< is found in it as well
    Thinking thinking = Thinking::None;
    std::array<QByteArrayView, 6> levels = {}; ///< by Effort
    std::array<int, 6> budgets = {};           ///< by Effort
    int leastBudget = 0;                       ///< when it thinks
    int mostBudget = 0;
    bool canStopThinking = true;           ///< takes a budget of 0 whatever the least is
    bool hasPenalties = false;             ///< `presencePenalty` and `frequencyPenalty` other than 0
    bool takesFormatWithFunctions = false; ///< a JSON answer and functions in one request
    bool needsSignatures = false;          ///< the first function call of a turn must show its thought signature
    bool takesMediaResults = false;        ///< media may be part of a function's response
    bool hasSystemInstruction = true;
};

/// The budget next to `tokens` that the models of `family` take. A negative one lets them choose.
qint64 budgetFor(const ModelFamily &family, qint64 tokens);

/// The family of `model`, which may have its `models/` before it. Names that nobody knows yet count as new ones of
/// Google's, names without "gemini" as models that understand the least.
const ModelFamily &familyOf(QByteArrayView model);

/// The collections of models, as they stand before a model's name.
constexpr QByteArrayView kModels = "models/";
constexpr QByteArrayView kTunedModels = "tunedModels/";

/// The path of a model below the base URL, percent-encoded: `models/NAME`, or another collection that `model` names
/// itself (`tunedModels/NAME`).
QByteArray modelPath(QByteArrayView model);

} // namespace lunargate::gemini
