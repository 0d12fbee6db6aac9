// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/chat_answer.h"

namespace lunargate::ollama_api {

/// A tool call as Ollama's clients get it: `json` is an element of `tool_calls`.
struct WrittenToolCall
{
    QByteArray json;
    QByteArray note; ///< for the answer's text: what `json` cannot say; empty: nothing
};

/// Writes the call with its arguments as an object. Arguments that are none (a model's mistake, or an answer that was
/// cut) become `{}` and stand in the note. `index` counts the calls of the answer from 0.
WrittenToolCall writeToolCall(const AnsweredToolCall &call, int index);

} // namespace lunargate::ollama_api
