// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/time.h"
#include "gateway/chat/chat_answer.h"
#include "gateway/chat/chat_request.h"
#include "gateway/dialects/client_field.h"

#include <QByteArray>
#include <QByteArrayView>

#include <memory>
#include <span>

namespace lunargate {

/// What stands in an answer where the provider tells nothing of it.
struct AnswerFacts
{
    QByteArray requestId;          ///< ours; ids of answers are made of it
    QByteArray model;              ///< as the provider was asked for it
    qint64 created = 0;            ///< Unix seconds
    qint64 promptTokens = 0;       ///< an estimate, for dialects that tell it before providers do
    TimePoint startedAt = {};      ///< the request's first byte came
    TimePoint askedAt = {};        ///< a provider was asked for the first time
    TimePoint firstContentAt = {}; ///< the first useful byte came from the provider that answers
    QByteArray provider = {};      ///< the id of who answers
};

/// Writes what a client gets for a provider's stream events. One object a stream.
class StreamWriter
{
public:
    StreamWriter() = default;
    StreamWriter(const StreamWriter &) = delete;
    StreamWriter &operator=(const StreamWriter &) = delete;
    virtual ~StreamWriter() = default;

    /// Appends the event's frames to `out`; none for what has no meaning to the client. Chunks are in the client's own
    /// dialect and pass byte for byte. The last event is an End or a Failure.
    virtual void append(QByteArray &out, const ChatStreamEvent &event) = 0;

    /// About how much of the answer it keeps, because the end of the stream repeats it. The caller sets a limit.
    virtual qsizetype heldBytes() const { return 0; }
};

/// One model call of a client: what it asks, and how its answer is written. The counterpart of ProviderCall. Lives as
/// long as the request, in one thread.
class ClientCall
{
public:
    explicit ClientCall(ChatRequest asked) : request(std::move(asked)) {}
    ClientCall(const ClientCall &) = delete;
    ClientCall &operator=(const ClientCall &) = delete;
    virtual ~ClientCall() = default;

    /// What of it providers are asked. Released once one answers: what an answer repeats of it is kept elsewhere.
    ChatRequest request;

    /// What the client calls the fields of chat's protocol, for errors of those who read or write `request` in its
    /// words. Empty: the same.
    std::span<const FieldName> fieldNames;

    /// The body of a whole answer. `answer.body` is the client's own dialect already, if it is set.
    virtual QByteArray answerBody(ModelAnswer &answer, const AnswerFacts &facts) = 0;
    /// For calls with `request.stream`.
    /// It may outlive the call, if it is given nothing but a Failure then.
    virtual std::unique_ptr<StreamWriter> streamWriter(const AnswerFacts &facts) = 0;
};

/// What clients of one kind speak, beside their calls. Stateless: any thread may use it.
class Dialect
{
public:
    Dialect() = default;
    Dialect(const Dialect &) = delete;
    Dialect &operator=(const Dialect &) = delete;
    virtual ~Dialect() = default;

    virtual ChatProtocol protocol() const = 0;
    /// Whose error bodies its clients can read, when a provider sent one.
    virtual ChatProtocol errorProtocol() const { return protocol(); }
    /// An error with its status, as the body of an answer.
    virtual QByteArray errorBody(const Error &error) const = 0;
    /// The same where its clients look for our id of the request in it.
    virtual QByteArray identifiedErrorBody(const Error &error, QByteArrayView requestId) const
    {
        Q_UNUSED(requestId)
        return errorBody(error);
    }
    /// The header in which its clients look for that id, beside X-Request-Id; empty: none.
    virtual QByteArrayView requestIdHeader() const { return {}; }
    /// The same in a stream whose writer is gone already, because the program ends.
    virtual QByteArray errorFrame(const Error &error) const = 0;
    /// A sign of life in a stream; empty: there is none.
    virtual QByteArrayView keepAliveFrame() const = 0;
    virtual QByteArrayView streamContentType() const { return "text/event-stream; charset=utf-8"; }
};

/// The one for `protocol`.
const Dialect &dialectOf(ChatProtocol protocol);

} // namespace lunargate
