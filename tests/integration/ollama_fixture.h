// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/gateway_fixture.h"
#include "tests/support/json_path.h"

// What the tests of clients that speak Ollama's protocol share.
namespace lunargate::test {

inline const QByteArray kNdjson = "application/x-ndjson";

/// A call of POST /api/chat for that model; `more` is spliced in.
inline QByteArray chatCall(const QByteArray &more = {}, const QByteArray &model = "fake-model")
{
    return R"({"model":")" + model + R"(","messages":[{"role":"user","content":"Hi"}])" +
           (more.isEmpty() ? "" : "," + more) + '}';
}

inline QByteArrayList linesOf(const QByteArray &body)
{
    QByteArrayList lines = body.split('\n');
    if (!lines.isEmpty() && lines.last().isEmpty())
        lines.removeLast();
    return lines;
}

/// What the lines say at `path`, joined.
inline QByteArray joined(const QByteArrayList &lines, QByteArrayView path)
{
    QByteArray text;
    for (const QByteArray &line : lines)
        text += textAt(line, path);
    return text;
}

/// A gateway in front of an upstream that speaks Ollama's protocol.
struct OllamaFixture
{
    FakeUpstream upstream;
    GatewayProcess gateway;

    /// `more` are further members of the provider.
    bool start(const QByteArray &sections = {}, const QByteArray &more = {})
    {
        return gateway.start("providers:\n  local: {type: ollama, base_url: \"" + upstream.url("") +
                             "\", default_model: fake-model, models: {mode: static, static: [fake-model]}" +
                             (more.isEmpty() ? "" : ", " + more) +
                             "}\n"
                             "retry: {initial_delay: 1ms, max_delay: 5ms}\n"
                             "routing:\n  routes: [{name: all, targets: [{provider: local}]}]\n" +
                             sections);
    }
    HttpClient client() const { return HttpClient(gateway.port()); }
};

} // namespace lunargate::test
