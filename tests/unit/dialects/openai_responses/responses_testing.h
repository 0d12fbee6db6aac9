// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/dialects/openai_responses/responses_call.h"
#include "gateway/json/writer.h"
#include "gateway/pipeline/normalise.h"
#include "tests/support/json_path.h"
#include "tests/support/sse_events.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

// What the tests of this dialect share.
namespace lunargate::test {

inline const QByteArray kRequestId = "00112233-4455-6677-8899-aabbccddeeff";
inline const QByteArray kOwn = "00112233445566778899aabbccddeeff"; // in ids

inline AnswerFacts facts()
{
    return {.requestId = kRequestId, .model = "m-1", .created = 1700000000, .promptTokens = 7, .provider = "p1"};
}

inline responses::ResponsesBody responsesBody(const QByteArray &json)
{
    Result<responses::ResponsesBody> body = responses::readBody(json, 64);
    if (!body)
        qFatal("%s", body.error().message.constData());
    return *std::move(body);
}

inline std::unique_ptr<ClientCall> callOf(const QByteArray &json, responses::EarlierTurns earlier = {},
                                          responses::OnFinished onFinished = {})
{
    Result<std::unique_ptr<ClientCall>> call =
        responses::readCall(responsesBody(json), std::move(earlier), std::move(onFinished));
    if (!call)
        qFatal("%s", call.error().message.constData());
    return *std::move(call);
}

/// A body with this input and these further members.
inline QByteArray withInput(const QByteArray &input, const QByteArray &more = {})
{
    return R"({"input":)" + input + (more.isEmpty() ? "" : ',' + more) + '}';
}

/// JSON with its members in order and without white space, as Qt's parser reads it.
inline QByteArray sorted(const QByteArray &json)
{
    const QJsonDocument document = QJsonDocument::fromJson('[' + json + ']');
    const QByteArray text = document.toJson(QJsonDocument::Compact);
    return document.isNull() ? "no JSON: " + json : text.sliced(1, text.size() - 2);
}

/// A member of the chat body that a call becomes, likewise; why it becomes none, if so.
inline QByteArray chatMember(const ClientCall &call, const QByteArray &name)
{
    if (call.request.untranslatable)
        return call.request.untranslatable->reason + ' ' + call.request.untranslatable->param;
    const json::Value member = call.request.document.root()[name];
    return member.exists() ? sorted(json::toText(member)) : QByteArray("-");
}

/// The events of a stream, a line each: the type, then all members in order but for the number, which must be one more
/// than before. Of responses their status, how many items they have, and why they ended.
inline QByteArrayList lines(const QByteArray &frames, qint64 firstNumber = 0)
{
    QByteArrayList result;
    qint64 number = firstNumber;
    for (const SseEvents::Event &event : SseEvents::parse(frames).events) {
        QJsonObject object = QJsonDocument::fromJson(event.data).object();
        if (object.take(QStringLiteral("sequence_number")).toInteger(-1) != number++)
            return {"wrong number: " + event.data};
        if (object.take(QStringLiteral("type")).toString().toUtf8() != event.type)
            return {"wrong type: " + event.data};
        QByteArray line = event.type.startsWith("response.") ? event.type.sliced(9) : event.type;
        if (const QJsonObject response = object.take(QStringLiteral("response")).toObject(); !response.isEmpty()) {
            line += ' ' + response[u"status"].toString().toUtf8() + ' ' +
                    QByteArray::number(response[u"output"].toArray().size());
            line += response[u"error"].toObject()[u"code"].toString().prepend(u' ').toUtf8();
            line += response[u"incomplete_details"].toObject()[u"reason"].toString().toUtf8();
        } else {
            line += ' ' + QJsonDocument(object).toJson(QJsonDocument::Compact).replace(kOwn, "X");
        }
        result.append(line.trimmed());
    }
    return result;
}

/// What a client gets for these events.
inline QByteArray framesFor(ClientCall &call, const std::vector<ChatStreamEvent> &events)
{
    const std::unique_ptr<StreamWriter> writer = call.streamWriter(facts());
    QByteArray frames;
    for (const ChatStreamEvent &event : events)
        writer->append(frames, event);
    return frames;
}

inline ChatStreamEvent delta(ChatDelta said)
{
    return {.kind = ChatStreamEvent::Kind::Delta, .delta = std::move(said)};
}

inline ChatStreamEvent finish(FinishReason reason)
{
    ChatStreamEvent event = delta({.finishReason = reason});
    event.usage = Usage{.input = 20, .cachedInput = 10, .output = 5, .reasoning = 2};
    return event;
}

inline ChatStreamEvent end()
{
    return {.kind = ChatStreamEvent::Kind::End};
}

inline ChatStreamEvent failure(Error error)
{
    return {.kind = ChatStreamEvent::Kind::Failure, .error = std::move(error)};
}

/// The response in the last event of a stream.
inline QByteArray lastResponse(const QByteArray &frames)
{
    const std::vector<QByteArray> data = SseEvents::parse(frames).data();
    if (data.empty())
        return {};
    return QJsonDocument(jsonAt(data.back(), "response").toObject()).toJson(QJsonDocument::Compact);
}

} // namespace lunargate::test
