// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/native_request.h"
#include "gateway/chat/usage.h"
#include "gateway/error.h"
#include "gateway/http/header_list.h"

#include <QByteArray>

#include <optional>
#include <vector>

namespace lunargate {

/// Why the model stopped, in the words of OpenAI's chat protocol.
enum class FinishReason {
    Stop,
    Length,
    ToolCalls,
    ContentFilter,
    Error, ///< OpenTelemetry's word: it did not, the answer was cut
};

/// A call of a tool in an answer.
struct AnsweredToolCall
{
    QByteArray id = {}; ///< never empty
    QByteArray name = {};
    QByteArray arguments = {};    ///< JSON text of an object, `{}` if there are none; of a custom tool: its input
    bool isCustom = false;        ///< type `custom`, whose arguments are free text
    QByteArray extraContent = {}; ///< JSON object for `extra_content`; empty: none
};

/// A whole answer in canonical form: one choice.
struct Completion
{
    QByteArray id = {};    ///< the provider's; empty: it has none
    QByteArray model = {}; ///< as the provider reports it; empty: it does not
    qint64 created = 0;    ///< Unix seconds; 0: it does not say
    QByteArray text = {};
    QByteArray reasoning = {};                     ///< what the model thought, as far as it may be shown
    std::vector<QByteArray> reasoningDetails = {}; ///< JSON objects for `reasoning_details`, see reasoning_detail.h
    QByteArray refusal = {};
    std::vector<AnsweredToolCall> toolCalls = {};
    std::vector<QByteArray> annotations = {}; ///< JSON objects for `annotations`
    FinishReason finishReason = FinishReason::Stop;
};

/// A whole answer to a model call. One of `body` and `completion` is set; both, where `body` is in a dialect other than
/// OpenAI's chat protocol.
struct ModelAnswer
{
    QByteArray body = {};                      ///< in the client's own dialect, to be passed on byte for byte
    std::optional<Completion> completion = {}; ///< the answer in canonical form
    std::optional<Usage> usage = {};
    QByteArray model = {};        ///< with `body`: as the provider reports it; empty: it does not
    QByteArray id = {};           ///< likewise
    QByteArray finishReason = {}; ///< with `body`: of the first choice, as it stands there
    bool isEmpty = false;         ///< `body` holds no choice at all
    bool isFiltered = false;      ///< a content filter ended the answer in `body` before it had any content
};

/// What a piece of a stream adds to the answer, in canonical form.
struct ChatDelta
{
    /// A tool call begins (`id` and `name` are set), or its arguments go on.
    struct ToolCall
    {
        int index = 0; ///< counts the calls of the answer from 0
        QByteArray id = {};
        QByteArray name = {};
        QByteArray arguments = {}; ///< to be appended to what came before
        bool isCustom = false;
        QByteArray extraContent = {};
    };

    QByteArray id = {};    ///< of the answer; once, before everything else, where the provider has one
    QByteArray model = {}; ///< likewise
    QByteArray text = {};
    QByteArray reasoning = {};
    QByteArray reasoningDetail = {}; ///< one JSON object, see reasoning_detail.h
    QByteArray refusal = {};
    QByteArray annotation = {}; ///< one JSON object
    std::optional<ToolCall> toolCall = {};
    std::optional<FinishReason> finishReason = {};
};

/// The next thing that a provider's stream said.
struct ChatStreamEvent
{
    enum class Kind {
        Chunk,   ///< a piece in the client's own dialect in `payload`, to be passed on byte for byte; see NativeStream
        Delta,   ///< the same in canonical form: `delta`
        Comment, ///< a sign of life without meaning
        End,     ///< the provider's end mark: the answer is whole
        Failure, ///< the provider says, or shows, that the answer will not be completed: `error`
    };

    Kind kind = Kind::Chunk;
    QByteArray payload = {}; ///< of a Failure: how the provider put it, in the client's own dialect; empty: unknown
    QByteArray model = {};   ///< of a chunk: as the provider reports it; once
    QByteArray id = {};      ///< likewise
    QByteArray finishReason = {}; ///< of a chunk: of the first choice, as it stands there
    ChatDelta delta = {};
    bool isUseful = false;    ///< brings content, a tool call, a finish reason …: worth committing the answer to
    bool isFiltered = false;  ///< `payload` says that a content filter ended the answer, and nothing else
    bool isUsageOnly = false; ///< the extra chunk of stream_options.include_usage
    qsizetype textBytes = 0;  ///< of content and arguments in it, to estimate what a stream used that was cut
    std::optional<Usage> usage = {};
    Error error = {};
};

/// Why a provider's answer cannot be used, with what the provider itself said to the client, if it said something.
struct UpstreamFailure
{
    Error error;
    QByteArray body = {}; ///< the provider's error object as JSON; empty: none that a client could read
    ChatProtocol protocol = ChatProtocol::OpenAiChat; ///< of `body`
    HeaderList headers = {};                          ///< of the provider's answer
    std::optional<bool> shouldRetry = {}; ///< what the provider, or who knows better, says about trying it again
    bool fromProvider = false;            ///< the provider answered; otherwise it was not reached or cannot be asked
};

} // namespace lunargate
