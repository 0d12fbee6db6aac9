// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/dialects/anthropic_messages/thoughts.h"
#include "gateway/dialects/dialect.h"
#include "gateway/json/text_writer.h"

namespace lunargate::anthropic_messages {

/// A whole answer as a message (Anthropic API reference, "Create a Message").
QByteArray messageBody(const Completion &completion, const std::optional<Usage> &usage, const AnswerFacts &facts,
                       Thoughts thoughts);

// What whole answers and streams share.

/// The id of a message: the provider's, if it looks like one of Anthropic's, or else one of ours.
QByteArray messageId(const QByteArray &providers, const AnswerFacts &facts);

/// `end_turn`, `max_tokens`, `tool_use` or `refusal`. Whether there are calls counts more than what the provider says:
/// clients run them by it.
QByteArrayView stopReason(FinishReason reason, bool hasCalls, bool isRefusal);

/// Writes `stop_reason`, `stop_sequence`, and what a refusal says.
void writeStop(json::TextWriter &json, QByteArrayView reason, QByteArrayView refusal);

/// Writes the usage object.
void writeUsage(json::TextWriter &json, const Usage &usage);

/// A block of what the model thought, or must get back. `text`: its words.
struct ThoughtBlock
{
    bool isRedacted = false; ///< only `signature`, as the block's `data`
    QByteArray text = {};
    QByteArray signature = {};
};

/// The block for a JSON object of `reasoning_details`. Anthropic's own come back as they were, others in a mark of ours
/// (see CarriedThought). Nothing for words without a signature, which are told as `reasoning` too.
std::optional<ThoughtBlock> thoughtBlock(const QByteArray &detail);

/// Writes a `thinking` or `redacted_thinking` block.
void writeBlock(json::TextWriter &json, const ThoughtBlock &block);

} // namespace lunargate::anthropic_messages
