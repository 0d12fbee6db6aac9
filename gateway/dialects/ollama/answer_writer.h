// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/time.h"
#include "gateway/dialects/dialect.h"

#include <chrono>

namespace lunargate::ollama_api {

/// What the answers to one call look like.
struct AnswerForm
{
    enum class Kind {
        Chat,     ///< POST /api/chat: `message`
        Generate, ///< POST /api/generate: `response`
    };

    Kind kind = Kind::Chat;
    QByteArray model;          ///< as the client named it; empty: as the provider was asked for it
    bool showsThinking = true; ///< false: the client does not want to see what the model thinks
};

/// How long an answer took, in parts. Clients divide by them, so that none is 0.
struct AnswerDurations
{
    std::chrono::nanoseconds total{1};
    std::chrono::nanoseconds load{1};       ///< until the provider was asked
    std::chrono::nanoseconds promptEval{1}; ///< until it wrote something
    std::chrono::nanoseconds eval{1};       ///< until it had written all
};

/// Of an answer that is complete at `now`. Of one that came whole (`isStream` false) nobody knows when the model began
/// to write: all of the provider's time counts as that.
AnswerDurations durationsOf(const AnswerFacts &facts, TimePoint now, bool isStream);

/// What one object of an answer says.
struct AnswerContent
{
    QByteArrayView text = {};
    QByteArrayView thinking = {};
    QByteArrayView toolCalls = {}; ///< elements of `tool_calls` as JSON, by commas; empty: there are none
};

/// `{"model":…,"created_at":…`: how every object of an answer begins.
QByteArray answerHead(const AnswerForm &form, const AnswerFacts &facts);
/// Continues with `message`, or `response` and what stands beside it.
void appendContent(QByteArray &out, AnswerForm::Kind kind, const AnswerContent &content);
/// Ends the last object of an answer.
void appendEnd(QByteArray &out, FinishReason reason, const std::optional<Usage> &usage,
               const AnswerDurations &durations);

/// A whole answer.
QByteArray answerBody(const Completion &completion, const std::optional<Usage> &usage, const AnswerForm &form,
                      const AnswerFacts &facts);

/// The answer to a call that only wants the model loaded, or unloaded. `created`: Unix seconds.
QByteArray loadAnswer(const AnswerForm &form, bool isUnload, qint64 created);

} // namespace lunargate::ollama_api
