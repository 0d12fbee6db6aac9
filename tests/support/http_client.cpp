// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/http_client.h"

#include "tests/support/json_path.h"
#include "tests/support/raw_client.h"

#include <QJsonObject>

using namespace Qt::StringLiterals;

namespace lunargate::test {

QByteArray HttpAnswer::summary() const
{
    return "status " + QByteArray::number(status) + ", body " + body.left(2000) +
           (error.isEmpty() ? QByteArray() : ", but " + error);
}

HttpAnswer HttpClient::get(const QByteArray &path, const HeaderList &headers) const
{
    return request("GET", path, {}, headers);
}

HttpAnswer HttpClient::post(const QByteArray &path, const QByteArray &body, const HeaderList &headers) const
{
    return request("POST", path, body, headers);
}

HttpAnswer HttpClient::chat(const QByteArray &body, const HeaderList &headers) const
{
    return post("/v1/chat/completions", body, headers);
}

HttpAnswer HttpClient::request(const QByteArray &method, const QByteArray &path, const QByteArray &body,
                               const HeaderList &headers) const
{
    RawClient client(m_port);
    client.sendRequest(method, path, body, headers);
    QByteArray error;
    if (!client.waitForAnswer(m_limit))
        error = client.answer().failed() ? client.answer().error() : QByteArray("the answer did not end in time");
    const HttpReader &answer = client.answer();
    return {.status = answer.status(), .headers = answer.headers(), .body = answer.body(), .error = error};
}

QByteArray errorShapeProblem(const HttpAnswer &answer)
{
    if (!answer.error.isEmpty())
        return answer.error;
    if (!answer.header("Content-Type").startsWith("application/json"))
        return "Content-Type is " + answer.header("Content-Type");
    const QJsonObject error = jsonAt(answer.body, "error").toObject();
    for (const QLatin1StringView name : {"message"_L1, "type"_L1}) {
        if (error[name].toString().isEmpty())
            return "no error." + QByteArray(name.data(), name.size()) + " in " + answer.body;
    }
    for (const QLatin1StringView name : {"param"_L1, "code"_L1}) {
        // Some providers have numbers as codes, and what they say passes through.
        const bool isNumericCode = name == "code"_L1 && error[name].isDouble();
        if (!error[name].isNull() && !error[name].isString() && !isNumericCode)
            return "error." + QByteArray(name.data(), name.size()) + " is missing or of another type in " + answer.body;
    }
    return {};
}

QByteArray chatBody(const QByteArray &model, const QByteArray &more)
{
    QByteArray body = "{";
    if (!model.isEmpty())
        body += R"("model":")" + model + R"(",)";
    if (!more.isEmpty())
        body += more + ',';
    return body + R"("messages":[{"role":"user","content":"Hello"}]})";
}

} // namespace lunargate::test
