// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/conversation.h"
#include "gateway/error.h"
#include "gateway/json/text_writer.h"

namespace lunargate::openai_responses {

/// The system texts that a conversation begins with.
struct Instructions
{
    QByteArray text;     ///< for the member `instructions`; empty: none
    size_t messages = 0; ///< how many messages it holds
};

/// At least one message is left over for the input, which must not be empty.
Instructions leadingInstructions(const Conversation &conversation);

struct InputSettings
{
    QByteArray providerId;
    QByteArray thoughtOrigin; ///< whose thoughts are written, see thought_id.h
    bool knowsDeveloperRole = true;
    bool isStored = false;    ///< the provider keeps items and knows them by their ids
    bool isContinued = false; ///< the beginning of the conversation is with the provider
    size_t firstMessage = 0;  ///< what comes before it is in the instructions
};

/// Writes the member `input`, and tells whether thoughts of other providers were left out of it. Fails with
/// InvalidRequest for content that the protocol has no form for, and for answers to calls that nobody made.
Result<bool> writeInput(json::TextWriter &json, const Conversation &conversation, const InputSettings &settings);

} // namespace lunargate::openai_responses
