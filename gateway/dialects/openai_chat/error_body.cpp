// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/openai_chat/error_body.h"

#include "gateway/json/writer.h"

namespace lunargate::openai_chat {

namespace {

void appendOrNull(QByteArray &out, QByteArrayView text)
{
    if (text.isEmpty())
        out += "null";
    else
        json::appendString(out, text);
}

} // namespace

QByteArray errorBody(const Error &error)
{
    QByteArray out = R"({"error":{"message":)";
    json::appendString(out, error.message);
    out += R"(,"type":)";
    json::appendString(out, errorType(error));
    out += R"(,"param":)";
    appendOrNull(out, error.param);
    out += R"(,"code":)";
    appendOrNull(out, errorCode(error));
    out += "}}";
    return out;
}

} // namespace lunargate::openai_chat
