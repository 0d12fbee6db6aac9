// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/usage.h"
#include "gateway/error.h"
#include "gateway/http/header_list.h"

#include <QByteArray>

#include <optional>
#include <vector>

namespace lunargate {

/// A whole answer to a chat call, as a chat.completion object.
struct ChatAnswer
{
    QByteArray body;
    std::optional<Usage> usage;
};

/// The next thing that a provider's stream said.
struct ChatStreamEvent
{
    enum class Kind {
        Chunk,   ///< a chat.completion.chunk in `payload`
        Comment, ///< a sign of life without meaning
        End,     ///< the provider's end mark: the answer is whole
        Failure, ///< the provider says, or shows, that the answer will not be completed: `error`
    };

    Kind kind = Kind::Chunk;
    QByteArray payload = {};
    bool isUseful = false;    ///< brings content, a tool call, a finish reason …: worth committing the answer to
    bool isUsageOnly = false; ///< the extra chunk of stream_options.include_usage
    std::optional<Usage> usage = {};
    Error error = {};
};

/// Why a provider's answer cannot be used, with what the provider itself said to the client, if it said something.
struct UpstreamFailure
{
    Error error;
    QByteArray body = {};                 ///< the provider's error object as JSON; empty: none that a client could read
    HeaderList headers = {};              ///< of the provider's answer
    std::optional<bool> shouldRetry = {}; ///< what the provider, or who knows better, says about trying it again
    bool fromProvider = false;            ///< the provider answered; otherwise it was not reached or cannot be asked
};

} // namespace lunargate
