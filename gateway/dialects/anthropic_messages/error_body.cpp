// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/anthropic_messages/error_body.h"

#include "gateway/json/text_writer.h"

namespace lunargate::anthropic_messages {

namespace {

struct StatusType
{
    int status;
    QByteArrayView type;
};
constexpr StatusType kTypes[] = {
    {401, "authentication_error"}, {402, "billing_error"},     {403, "permission_error"},
    {404, "not_found_error"},      {413, "request_too_large"}, {429, "rate_limit_error"},
    {503, "overloaded_error"},     {504, "timeout_error"},     {529, "overloaded_error"},
};

QByteArrayView typeOf(int status)
{
    for (const StatusType &row : kTypes) {
        if (row.status == status)
            return row.type;
    }
    return status < 500 ? "invalid_request_error" : "api_error";
}

// By these words clients find out that they have to shorten the conversation.
QByteArray messageOf(const Error &error)
{
    constexpr QByteArrayView kTooLong = "prompt is too long";
    const bool isTold = error.refusal != Refusal::ContextLength || error.message.contains(kTooLong);
    return isTold ? error.message : kTooLong.toByteArray() + ": " + error.message;
}

} // namespace

QByteArray errorBody(const Error &error, QByteArrayView requestId)
{
    json::TextWriter json;
    json.beginObject().member("type", "error").key("error").beginObject();
    json.member("type", typeOf(httpStatus(error))).member("message", messageOf(error));
    if (error.reason == kThreadRefusal) {
        json.key("details").beginObject().member("error_code", kThreadRefusal);
        json.key("unsupported").beginArray().string("thread").endArray().endObject();
    }
    json.endObject();
    if (!requestId.isEmpty())
        json.member("request_id", requestId);
    json.endObject();
    return std::move(json).text();
}

QByteArray errorFrame(const Error &error)
{
    QByteArray frame;
    appendEvent(frame, "error", errorBody(error));
    return frame;
}

void appendEvent(QByteArray &out, QByteArrayView type, QByteArrayView data)
{
    out.append("event: ").append(type).append("\ndata: ").append(data).append("\n\n");
}

} // namespace lunargate::anthropic_messages
