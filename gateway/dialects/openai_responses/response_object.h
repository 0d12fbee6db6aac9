// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/usage.h"
#include "gateway/dialects/openai_responses/responses_call.h"

namespace lunargate::responses {

/// What every form of a response has (OpenAI API reference, "The response object").
struct ResponseHead
{
    QByteArray id = {};
    QByteArray model = {};
    qint64 createdAt = 0; ///< Unix seconds
    QByteArray echo = {}; ///< see echoedMembers()
};

/// How far it has come.
struct ResponseState
{
    QByteArrayView status = "in_progress";
    QByteArrayView output = "[]";           ///< JSON array
    std::optional<Usage> usage = {};        ///< nothing while it goes on
    const Error *error = nullptr;           ///< with status `failed`
    QByteArrayView incompleteReason = {};   ///< with status `incomplete`
    std::optional<qint64> completedAt = {}; ///< Unix seconds
};

/// The members that repeat the request, with their defaults, as JSON text that begins with a comma. `isStored`: whether
/// the response really is.
QByteArray echoedMembers(json::Value request, bool isStored);

/// The whole response as JSON.
QByteArray responseObject(const ResponseHead &head, const ResponseState &state);

/// `error.code` of a failed response: one of OpenAI's words, by which clients decide what to do.
QByteArray failureCode(const Error &error);

} // namespace lunargate::responses
