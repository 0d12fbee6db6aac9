// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/openai_responses/stream_writer.h"

#include "gateway/dialects/openai_responses/answer_output.h"
#include "gateway/dialects/openai_responses/native_answer.h"

#include <limits>

namespace lunargate::responses {

namespace {

// They stand in every form of the response: what is longer than any name would make a large stream of a small one.
constexpr qsizetype kMaxNameBytes = 256;

} // namespace

void StreamWriter::append(QByteArray &out, const ChatStreamEvent &event)
{
    using Kind = ChatStreamEvent::Kind;
    if (event.usage)
        m_usage = event.usage;
    switch (event.kind) {
    case Kind::Chunk:
        appendChunk(out, event);
        break;
    case Kind::Delta:
        appendDelta(out, event.delta);
        break;
    case Kind::Comment:
        break; // clients wait for events, and a comment is none
    case Kind::End:
        appendEnd(out);
        break;
    case Kind::Failure:
        appendFailure(out, event.error, event.payload);
        break;
    }
}

void StreamWriter::appendChunk(QByteArray &out, const ChatStreamEvent &event)
{
    const ChatDelta &delta = event.delta;
    if (!delta.id.isEmpty())
        m_settings.head.id = delta.id;
    if (!delta.model.isEmpty())
        m_settings.head.model = delta.model;
    if (event.payload.isEmpty())
        return;
    if (m_settings.isBackground && m_lastChunk.isEmpty())
        tellNative(event.payload);
    m_lastChunk = event.payload;
    out.append(event.payload).append("\n\n");
}

void StreamWriter::appendDelta(QByteArray &out, const ChatDelta &delta)
{
    if (!delta.model.isEmpty() && delta.model.size() <= kMaxNameBytes)
        m_settings.head.model = delta.model;
    if (delta.finishReason)
        m_finishReason = *delta.finishReason;
    begin(out);
    m_output.add(out, delta);
}

void StreamWriter::begin(QByteArray &out)
{
    if (std::exchange(m_hasBegun, true))
        return;
    const QByteArray object = responseObject(m_settings.head, {});
    appendResponse(out, "response.created", object);
    appendResponse(out, "response.in_progress", object);
}

void StreamWriter::appendResponse(QByteArray &out, QByteArrayView type, const QByteArray &object)
{
    m_frames.begin(out, type);
    out.append(R"(,"response":)").append(object);
    EventFrames::end(out);
}

void StreamWriter::appendEnd(QByteArray &out)
{
    if (!m_lastChunk.isEmpty())
        return tellNative(m_lastChunk); // it had its own end
    if (m_finishReason == FinishReason::Error)
        return appendFailure(out, cutAnswer(), {});
    begin(out);
    const QByteArrayView reason = incompleteReason(m_finishReason);
    m_output.finish(out, !reason.isEmpty());
    const bool isComplete = reason.isEmpty();
    const QByteArray output = m_output.items();
    const QByteArray object = responseObject(m_settings.head, {.status = statusOf(m_finishReason),
                                                               .output = output,
                                                               .usage = m_usage.value_or(Usage{}),
                                                               .incompleteReason = reason,
                                                               .completedAt = m_settings.now()});
    appendResponse(out, isComplete ? "response.completed" : "response.incomplete", object);
    if (m_settings.onFinished) {
        m_settings.onFinished({.id = m_settings.head.id,
                               .object = object,
                               .outputItems = output,
                               .model = m_settings.head.model,
                               .status = statusOf(m_finishReason).toByteArray(),
                               .isComplete = isComplete});
    }
}

// `said`: the provider's own event, if that is what failed.
void StreamWriter::appendFailure(QByteArray &out, const Error &error, const QByteArray &said)
{
    if (m_lastChunk.isEmpty())
        begin(out);
    else
        goOnFromNative();
    const QByteArray output = m_output.items();
    const QByteArray object =
        responseObject(m_settings.head, {.status = "failed", .output = output, .usage = m_usage, .error = &error});
    appendResponse(out, "response.failed", object);
    if (!m_settings.isBackground || said.isEmpty())
        return;
    // Only so it is known that it does not run on: a stream can break alone.
    std::optional<FinishedResponse> ended = readNative(said);
    if (!ended || (ended->status != "failed" && ended->status != "cancelled"))
        return;
    ended->object = object;
    m_settings.onFinished(*std::move(ended));
}

void StreamWriter::tellNative(const QByteArray &chunk)
{
    if (std::optional<FinishedResponse> finished = readNative(chunk))
        m_settings.onFinished(*std::move(finished));
}

// Nothing, too, if nobody wants to know.
std::optional<FinishedResponse> StreamWriter::readNative(const QByteArray &chunk) const
{
    if (!m_settings.onFinished)
        return std::nullopt;
    const std::optional<json::Document> event = json::Document::parse(dataOf(chunk));
    return event ? finishedResponse(event->root()["response"], m_settings.provider) : std::nullopt;
}

void StreamWriter::goOnFromNative()
{
    const std::optional<json::Document> event = json::Document::parse(dataOf(m_lastChunk));
    const std::optional<qint64> number = event ? event->root()["sequence_number"].integer() : std::nullopt;
    if (number)
        m_frames.setNext(*number + 1);
}

QByteArray errorFrame(const Error &error)
{
    // Which number is due is known no more: one that is larger than all before.
    EventFrames frames;
    frames.setNext(std::numeric_limits<qint32>::max());
    const ResponseHead head{.id = "resp_unknown", .echo = echoedMembers({}, false)};
    QByteArray out;
    frames.begin(out, "response.failed");
    out.append(R"(,"response":)").append(responseObject(head, {.status = "failed", .error = &error}));
    EventFrames::end(out);
    return out;
}

} // namespace lunargate::responses
