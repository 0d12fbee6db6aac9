// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/api/responses_session.h"
#include "gateway/async/event.h"
#include "tests/support/json_path.h"

#include <map>
#include <memory>
#include <stdexcept>
#include <vector>

namespace lunargate::test {

inline const QByteArray kOwner = "key:a\nconnection";

/// What a client would get.
class RecordingChannel : public WebSocketChannel
{
public:
    void sendTexts(const QByteArrayList &together) override
    {
        ++sends;
        texts.append(together);
    }
    qint64 waitingBytes() const override { return waiting; }
    void close(WebSocketClose code, QByteArrayView) override { closed = code; }

    QByteArrayList types() const
    {
        QByteArrayList list;
        for (const QByteArray &text : texts)
            list.append(textAt(text, "type"));
        return list;
    }

    QByteArrayList texts;
    int sends = 0;
    qint64 waiting = 0;
    std::optional<WebSocketClose> closed;
};

/// Answers with the events of a response whose id is the request's `answer`, in two steps: the end comes with
/// finish(id). With `status` it refuses instead, at once, as `source` ("gateway", "upstream"). With `throws` it fails
/// in the middle.
class Answering : public RequestHandler
{
public:
    Task<> handle(Exchange &exchange) override
    {
        const QByteArray id = textAt(exchange.request.body, "answer");
        requests.push_back(exchange.request);
        const Leave leave{*this, exchange, id};
        if (const int status = jsonAt(exchange.request.body, "status").toInt(); status > 0) {
            exchange.response.setHeader("Retry-After", "3");
            exchange.response.setHeader("X-LunarGate-Error-Source", textAt(exchange.request.body, "source"));
            exchange.response.send(status, "application/json", R"({"error":{"message":"no","code":"because"}})");
            co_return;
        }
        exchange.response.startStream(200, "text/event-stream");
        const QByteArray begin = "event: response.created\ndata: {\"type\":\"response.created\"}\n\n";
        exchange.response.write(begin.repeated(jsonAt(exchange.request.body, "begins").toInt(1)));
        co_await ends[id].wait();
        if (jsonAt(exchange.request.body, "throws").toBool())
            throw std::runtime_error("on purpose");
        if (exchange.response.isCongested())
            co_await exchange.response.drained();
        exchange.response.write(
            "event: response.completed\ndata: {\"type\":\"response.completed\",\"response\":{\"id\":\"" + id +
            "\"}}\n\n");
        exchange.response.finishStream();
    }
    void refuse(Exchange &, const Error &) override {}

    void finish(const QByteArray &id) { ends[id].notify(); }
    QByteArrayList begun() const
    {
        QByteArrayList ids;
        for (const HttpRequest &request : requests)
            ids.append(textAt(request.body, "answer"));
        return ids;
    }

    struct Leave
    {
        Answering &handler;
        Exchange &exchange;
        QByteArray id;
        ~Leave()
        {
            if (exchange.response.state() == ResponseWriter::State::Finished)
                return;
            handler.cut.append(id);
            if (exchange.cutReason == CutReason::Shutdown) {
                exchange.response.write("event: error\ndata: {\"type\":\"error\"}\n\n");
                exchange.response.finishStream();
            }
        }
    };

    std::vector<HttpRequest> requests;
    std::map<QByteArray, Event> ends;
    QByteArrayList cut;
};

/// A session with such a channel and handler.
struct SessionFixture
{
    SessionFixture() { session->begin(channel, handler); }

    static api::ResponsesSession::Settings settings()
    {
        HttpRequest handshake;
        handshake.method = "GET";
        handshake.target = "/v1/responses?a=b";
        handshake.headers = {{"Host", "localhost"},        {"Authorization", "Bearer k"},
                             {"Upgrade", "websocket"},     {"Connection", "Upgrade"},
                             {"Sec-WebSocket-Key", "key"}, {"OpenAI-Beta", "responses_websockets=2026-02-06"}};
        handshake.peer = QHostAddress(QStringLiteral("192.0.2.7"));
        return {
            .handshake = handshake, .owner = kOwner, .id = "connection", .maxWaitingBytes = 4096, .maxJsonDepth = 50};
    }

    /// `more` is spliced in.
    void create(const QByteArray &answer, const QByteArray &more = {})
    {
        session->onText("{\"type\":\"response.create\",\"answer\":\"" + answer + '"' + more + '}');
    }

    bool isKept(const QByteArray &id) { return store->find(kOwner, id) != nullptr; }
    void keep(const QByteArray &id)
    {
        store->insert(kOwner, std::make_shared<const StoredResponse>(StoredResponse{
                                  .id = id, .object = {}, .inputItems = {}, .outputItems = {}, .providerId = {}}));
    }

    RecordingChannel channel;
    Answering handler;
    std::shared_ptr<ResponseStore> store = std::make_shared<ResponseStore>(StoredResponsesConfig());
    std::unique_ptr<api::ResponsesSession> session = std::make_unique<api::ResponsesSession>(settings(), store);
};

} // namespace lunargate::test
