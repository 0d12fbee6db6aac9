// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/collector/shared_bodies.h"

#include "gateway/collector/event_tags.h"
#include "gateway/collector/stream_assembly.h"
#include "gateway/json/splice.h"
#include "gateway/json/text_writer.h"
#include "gateway/observability/redaction.h"

namespace lunargate {

namespace {

QByteArray parametersObject(const InferenceParameters &parameters)
{
    json::TextWriter json;
    const auto write = [&json](QByteArrayView name, std::optional<double> number) {
        if (number)
            json.member(name, *number);
    };
    json.beginObject();
    write("temperature", parameters.temperature);
    write("top_p", parameters.topP);
    write("top_k", parameters.topK);
    json.endObject();
    return std::move(json).text();
}

QByteArray withMember(const QByteArray &object, QByteArrayView key, const QByteArray &value)
{
    const json::Range whole = json::wholeValue(object);
    json::Splice splice(object);
    splice.set(whole, json::membersOf(object, whole), key, value);
    return splice.result();
}

// The client may have an object of that name already.
QByteArray withParameters(const QByteArray &body, const QByteArray &parameters)
{
    const std::vector<json::Member> members = json::membersOf(body, json::wholeValue(body));
    const json::Member *ours = json::find(members, "_lunargate");
    QByteArray object = ours ? ours->value.of(body).toByteArray() : QByteArray();
    if (!object.startsWith('{'))
        object = "{}";
    return withMember(body, "_lunargate", withMember(object, "inference_parameters", parameters));
}

} // namespace

QByteArray sharedRequest(const CollectedRequest &request)
{
    if (request.request.isEmpty())
        return {};
    const InferenceParameters used = usedParameters(request);
    return redactedJson(used.isEmpty() ? request.request : withParameters(request.request, parametersObject(used)));
}

QByteArray sharedResponse(const CollectedRequest &request)
{
    if (!request.frames.isEmpty())
        return redactedJson(assembledCompletion(request.frames, request.record));
    return request.response.isEmpty() ? QByteArray() : redactedJson(request.response);
}

} // namespace lunargate
