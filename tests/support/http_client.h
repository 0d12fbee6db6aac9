// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/http/header_list.h"
#include "tests/support/wait.h"

#include <QByteArray>

#include <chrono>

namespace lunargate::test {

/// A whole answer. `error` says what was wrong with it on the wire, if anything was.
struct HttpAnswer
{
    int status = 0;
    HeaderList headers;
    QByteArray body;
    QByteArray error;

    QByteArray header(QByteArrayView name) const { return headers.value(name).value_or(QByteArray()); }
    /// For failure messages.
    QByteArray summary() const;
};

/// Plain requests to the gateway, each on a connection of its own, answered as a whole.
class HttpClient
{
public:
    explicit HttpClient(quint16 port, std::chrono::milliseconds limit = kPatience) : m_port(port), m_limit(limit) {}

    HttpAnswer get(const QByteArray &path, const HeaderList &headers = {}) const;
    HttpAnswer post(const QByteArray &path, const QByteArray &body, const HeaderList &headers = {}) const;
    HttpAnswer request(const QByteArray &method, const QByteArray &path, const QByteArray &body = {},
                       const HeaderList &headers = {}) const;
    /// POST /v1/chat/completions
    HttpAnswer chat(const QByteArray &body, const HeaderList &headers = {}) const;

private:
    quint16 m_port;
    std::chrono::milliseconds m_limit;
};

/// What is wrong with `answer` as an error in OpenAI's form, `{"error":{"message","type","param","code"}}` as
/// application/json; empty if nothing is.
QByteArray errorShapeProblem(const HttpAnswer &answer);

/// A small chat request for that model (none if empty). `more` is spliced in: `"stream":true`.
QByteArray chatBody(const QByteArray &model = {}, const QByteArray &more = {});

} // namespace lunargate::test
