// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/conversation.h"
#include "gateway/chat/reasoning_detail.h"

#include <QByteArray>
#include <QByteArrayView>

#include <map>
#include <vector>

// Thought signatures (Gemini API, "Thought signatures"): what a part of an answer must show again, on the same part,
// when it comes back with the next turn.
namespace lunargate::gemini {

/// Stands in for a signature that was lost, or that never was because another model called the function.
inline constexpr QByteArrayView kSkipValidation = "skip_thought_signature_validator";

/// The `extra_content` that carries a function call's signature in OpenAI's dialect, as Google's own compatible
/// endpoint has it.
QByteArray extraContentOf(QByteArrayView signature);

/// The signature of a part that is told to clients as the bytes [begin, end) of the answer's text.
ReasoningDetail textSignature(qsizetype begin, qsizetype end, QByteArrayView signature);

/// The same, read back. Without a place if the detail names none.
struct TextSignature
{
    qsizetype begin = -1;
    qsizetype end = -1;
    QByteArray signature;

    /// Whether its place is in `text`, at or behind `from` and between characters: clients may have changed the text.
    bool fits(QByteArrayView text, qsizetype from) const;
};

/// The signatures that an assistant's message shows.
struct MessageSignatures
{
    std::map<QByteArray, QByteArray> calls; ///< by the id of the call
    std::vector<TextSignature> texts;       ///< in their order
    std::vector<ReasoningDetail> thoughts;  ///< signed ones, which come back as they were
};
MessageSignatures signaturesOf(const ChatMessage &message);

} // namespace lunargate::gemini
