// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api/responses_session.h"
#include "gateway/async/event.h"
#include "tests/support/json_path.h"

#include <QTest>

#include <algorithm>
#include <stdexcept>

namespace lunargate::api {

using test::jsonAt;
using test::textAt;

namespace {

const QByteArray kOwner = "key:a\nconnection";

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

struct Fixture
{
    Fixture() { session->begin(channel, handler); }

    static ResponsesSession::Settings settings()
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
    std::unique_ptr<ResponsesSession> session = std::make_unique<ResponsesSession>(settings(), store);
};

// The end of the response `one` waits until the client has taken what waits for it.
void isHeldBack(Fixture &f)
{
    f.channel.waiting = 1024 * 1024;
    f.handler.finish("one");
    QCOMPARE(f.channel.texts.size(), 1);
    f.channel.waiting = 0;
    f.session->onBytesWritten();
    QCOMPARE(f.channel.texts.size(), 2);
}

} // namespace

class ResponsesSessionTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void makesARequestOfItsOwnOfEachMessage();
    void sendsEventsAsMessages();
    void oneLaneTakesTurns();
    void lanesRunAtTheSameTimeAndAreTold();
    void runsNoMoreThanItMay();
    void knowsNoMoreLanesThanItMay();
    void letsOnlySoManyWait();
    void letsOnlySoMuchWait();
    void tellsRefusalsWithTheirStatus();
    void mistakesLeaveTheConnectionUsable();
    void closesWhereTheKeyIsNotValidAnyMore();
    void otherLanesGetALastWordThen();
    void staysOpenWhereAProviderRefusesItsOwnKey();
    void lanesTakeTurns();
    void tellsThatARequestBrokeOff();
    void sendsTogetherWhatCameTogether();
    void forgetsEverythingThatWasKeptForIt();
    void keepsTheLastResponseOfEachLane();
    void forgetsWhatAFailureWentOnFrom();
    void isHeldBackByASlowClient();
    void isHeldBackAlsoIfTheClientTookSomethingBefore();
    void endsAtOnceWhenIdle();
    void endsAfterWhatRuns();
    void saysThatItIsTooOld();
    void cutsWithALastWord();
    void cancelsWhatRunsWhenTheClientLeaves();
};

void ResponsesSessionTest::makesARequestOfItsOwnOfEachMessage()
{
    Fixture f;
    f.create("one");
    QCOMPARE(f.handler.requests.size(), size_t(1));
    const HttpRequest &request = f.handler.requests.front();
    QCOMPARE(request.method, "POST");
    QCOMPARE(request.target, "/v1/responses?a=b");
    QCOMPARE(request.webSocket, "connection");
    QCOMPARE(request.peer, QHostAddress(QStringLiteral("192.0.2.7")));
    QCOMPARE(request.headers.value("Authorization"), "Bearer k");
    QCOMPARE(request.headers.value("Content-Type"), "application/json");
    QVERIFY(request.headers.contains("OpenAI-Beta"));
    for (const char *name : {"Upgrade", "Connection", "Sec-WebSocket-Key"})
        QVERIFY2(!request.headers.contains(name), name);
    QCOMPARE(request.body, R"({"answer":"one","stream":true})");
}

void ResponsesSessionTest::sendsEventsAsMessages()
{
    Fixture f;
    f.create("one");
    QVERIFY(f.session->isBusy());
    f.handler.finish("one");
    QCOMPARE(f.channel.texts, (QByteArrayList{R"({"type":"response.created"})",
                                              R"({"type":"response.completed","response":{"id":"one"}})"}));
    QVERIFY(!f.session->isBusy());
}

void ResponsesSessionTest::oneLaneTakesTurns()
{
    Fixture f;
    f.create("one");
    f.create("two");
    QCOMPARE(f.handler.begun(), QByteArrayList{"one"});
    f.handler.finish("one");
    QCOMPARE(f.handler.begun(), (QByteArrayList{"one", "two"}));
    f.handler.finish("two");
    QCOMPARE(f.channel.types(),
             (QByteArrayList{"response.created", "response.completed", "response.created", "response.completed"}));
}

void ResponsesSessionTest::lanesRunAtTheSameTimeAndAreTold()
{
    Fixture f;
    f.create("one", R"(,"stream_id":"left")");
    f.create("two", R"(,"stream_id":"right")");
    f.handler.finish("two");
    f.handler.finish("one");
    QByteArrayList lanes;
    for (const QByteArray &text : std::as_const(f.channel.texts))
        lanes.append(textAt(text, "stream_id"));
    QCOMPARE(lanes, (QByteArrayList{"left", "right", "right", "left"}));
}

void ResponsesSessionTest::runsNoMoreThanItMay()
{
    Fixture f;
    for (int lane = 0; lane < 20; ++lane)
        f.create("r" + QByteArray::number(lane), R"(,"stream_id":")" + QByteArray::number(lane) + "\"");
    QCOMPARE(std::ssize(f.handler.requests), ResponsesSession::kMostRunning);
    f.handler.finish("r0");
    QCOMPARE(std::ssize(f.handler.requests), ResponsesSession::kMostRunning + 1);
}

void ResponsesSessionTest::knowsNoMoreLanesThanItMay()
{
    Fixture f;
    for (int lane = 0; lane < ResponsesSession::kMostLanes; ++lane) {
        const QByteArray name = QByteArray::number(lane);
        f.create(name, R"(,"stream_id":")" + name + "\"");
        f.handler.finish(name);
    }
    f.create("more", R"(,"stream_id":"more")");
    QCOMPARE(textAt(f.channel.texts.last(), "error.code"), "websocket_stream_limit_reached");
    QCOMPARE(textAt(f.channel.texts.last(), "stream_id"), "more");
    f.create("again", R"(,"stream_id":"0")"); // known ones still work
    QCOMPARE(f.handler.begun().last(), "again");
}

void ResponsesSessionTest::letsOnlySoManyWait()
{
    Fixture f;
    for (int i = 0; i <= ResponsesSession::kMostWaiting; ++i)
        f.create(QByteArray::number(i));
    const qsizetype before = f.channel.texts.size();
    f.create("too many");
    QCOMPARE(f.channel.texts.size(), before + 1);
    QCOMPARE(jsonAt(f.channel.texts.last(), "status").toInt(), 429);
    QCOMPARE(textAt(f.channel.texts.last(), "error.code"), "websocket_queue_full");
    QCOMPARE(textAt(f.channel.texts.last(), "headers.retry-after"), "1");
    f.create("elsewhere", R"(,"stream_id":"free")"); // which need not wait
    QCOMPARE(f.handler.begun().last(), "elsewhere");
}

void ResponsesSessionTest::letsOnlySoMuchWait()
{
    Fixture f;
    const QByteArray padding = R"(,"x":")" + QByteArray(3000, 'x') + "\"";
    f.create("one", padding);
    f.create("two", padding);
    f.create("three", padding);
    QCOMPARE(textAt(f.channel.texts.last(), "error.code"), "websocket_queue_full");
}

void ResponsesSessionTest::tellsRefusalsWithTheirStatus()
{
    Fixture f;
    f.create("no", R"(,"status":429,"stream_id":"left")");
    QCOMPARE(f.channel.texts.size(), 1);
    const QByteArray told = f.channel.texts.first();
    QCOMPARE(textAt(told, "type"), "error");
    QCOMPARE(jsonAt(told, "status").toInt(), 429);
    QCOMPARE(textAt(told, "error.code"), "because");
    QCOMPARE(textAt(told, "headers.retry-after"), "3");
    QCOMPARE(textAt(told, "stream_id"), "left");
    QVERIFY(!f.channel.closed);
    QVERIFY(!f.session->isBusy());
}

void ResponsesSessionTest::mistakesLeaveTheConnectionUsable()
{
    Fixture f;
    f.session->onText("{");
    f.session->onText(R"({"type":"response.append"})");
    QCOMPARE(f.channel.types(), (QByteArrayList{"error", "error"}));
    f.create("one");
    QCOMPARE(f.handler.begun(), QByteArrayList{"one"});
}

void ResponsesSessionTest::closesWhereTheKeyIsNotValidAnyMore()
{
    Fixture f;
    f.create("no", R"(,"status":401,"source":"gateway")");
    QCOMPARE(f.channel.types(), QByteArrayList{"error"});
    QCOMPARE(f.channel.closed, WebSocketClose::PolicyViolation);
}

void ResponsesSessionTest::otherLanesGetALastWordThen()
{
    Fixture f;
    f.create("runs", R"(,"stream_id":"left")");
    f.create("waits", R"(,"stream_id":"left")");
    f.create("no", R"(,"status":401,"source":"gateway","stream_id":"right")");
    QCOMPARE(f.channel.types(), (QByteArrayList{"response.created", "error", "error", "error"}));
    QCOMPARE(textAt(f.channel.texts[1], "stream_id"), "right");
    for (const int told : {2, 3}) {
        QCOMPARE(textAt(f.channel.texts[told], "stream_id"), "left");
        QCOMPARE(textAt(f.channel.texts[told], "error.code"), "connection_not_allowed");
    }
    QCOMPARE(f.channel.closed, WebSocketClose::PolicyViolation);
}

void ResponsesSessionTest::staysOpenWhereAProviderRefusesItsOwnKey()
{
    Fixture f;
    f.create("no", R"(,"status":401,"source":"upstream")");
    QCOMPARE(f.channel.types(), QByteArrayList{"error"});
    QVERIFY(!f.channel.closed);
    f.create("one");
    QCOMPARE(f.handler.begun().last(), "one");
}

void ResponsesSessionTest::lanesTakeTurns()
{
    Fixture f;
    for (int lane = 0; lane < ResponsesSession::kMostRunning; ++lane)
        f.create("r" + QByteArray::number(lane), R"(,"stream_id":")" + QByteArray::number(lane) + "\"");
    f.create("patient", R"(,"stream_id":"z")");
    f.create("more", R"(,"stream_id":"0")");
    f.handler.finish("r0");
    QCOMPARE(f.handler.begun().last(), "patient");
    f.handler.finish("r1");
    QCOMPARE(f.handler.begun().last(), "more");
}

void ResponsesSessionTest::tellsThatARequestBrokeOff()
{
    Fixture f;
    f.create("one", R"(,"throws":true,"stream_id":"left")");
    f.handler.finish("one");
    QCOMPARE(f.channel.types(), (QByteArrayList{"response.created", "error"}));
    QCOMPARE(textAt(f.channel.texts.last(), "error.code"), "internal_error");
    QCOMPARE(textAt(f.channel.texts.last(), "stream_id"), "left");
    QVERIFY(!f.session->isBusy());
    f.create("two", R"(,"stream_id":"left")");
    QCOMPARE(f.handler.begun().last(), "two");
}

void ResponsesSessionTest::sendsTogetherWhatCameTogether()
{
    Fixture f;
    f.create("one", R"(,"begins":5)");
    QCOMPARE(f.channel.texts.size(), 5);
    QCOMPARE(f.channel.sends, 1);
}

void ResponsesSessionTest::forgetsEverythingThatWasKeptForIt()
{
    Fixture f;
    f.keep("unnoticed");
    f.store->insert("key:a", std::make_shared<const StoredResponse>(StoredResponse{
                                 .id = "stored", .object = {}, .inputItems = {}, .outputItems = {}, .providerId = {}}));
    f.session.reset();
    QVERIFY(!f.isKept("unnoticed"));
    QVERIFY(f.store->find("key:a", "stored"));
}

void ResponsesSessionTest::keepsTheLastResponseOfEachLane()
{
    Fixture f;
    f.keep("one");
    f.create("one");
    f.handler.finish("one");
    QVERIFY(f.isKept("one"));
    f.keep("two");
    f.create("two");
    f.handler.finish("two");
    QVERIFY(!f.isKept("one"));
    QVERIFY(f.isKept("two"));
    f.keep("other");
    f.create("other", R"(,"stream_id":"other")");
    f.handler.finish("other");
    QVERIFY(f.isKept("two"));
    f.session.reset();
    QVERIFY(!f.isKept("two"));
    QVERIFY(!f.isKept("other"));
}

void ResponsesSessionTest::forgetsWhatAFailureWentOnFrom()
{
    Fixture f;
    f.keep("one");
    f.create("one");
    f.handler.finish("one");
    f.create("no", R"(,"status":500,"previous_response_id":"one")");
    QVERIFY(!f.isKept("one"));
}

void ResponsesSessionTest::isHeldBackByASlowClient()
{
    Fixture f;
    f.create("one");
    isHeldBack(f);
}

// What left while nobody waited for it says nothing of what waits later.
void ResponsesSessionTest::isHeldBackAlsoIfTheClientTookSomethingBefore()
{
    Fixture f;
    f.create("one");
    f.session->onBytesWritten();
    isHeldBack(f);
}

void ResponsesSessionTest::endsAtOnceWhenIdle()
{
    Fixture f;
    f.session->end(WebSocketSession::End::Shutdown);
    QCOMPARE(f.channel.closed, WebSocketClose::GoingAway);
}

void ResponsesSessionTest::endsAfterWhatRuns()
{
    Fixture f;
    f.create("one");
    f.create("two");
    f.session->end(WebSocketSession::End::Shutdown);
    f.create("three");
    QCOMPARE(textAt(f.channel.texts.last(), "error.code"), "shutting_down");
    QVERIFY(!f.channel.closed);
    f.handler.finish("one");
    f.handler.finish("two");
    QCOMPARE(f.handler.begun(), (QByteArrayList{"one", "two"}));
    QCOMPARE(f.channel.closed, WebSocketClose::GoingAway);
}

void ResponsesSessionTest::saysThatItIsTooOld()
{
    Fixture f;
    f.session->end(WebSocketSession::End::TooOld);
    QCOMPARE(textAt(f.channel.texts.last(), "error.code"), "websocket_connection_limit_reached");
    QCOMPARE(f.channel.closed, WebSocketClose::Normal);
}

void ResponsesSessionTest::cutsWithALastWord()
{
    Fixture f;
    f.create("one");
    f.create("two");
    f.session->end(WebSocketSession::End::Shutdown);
    f.session->cut();
    QTRY_VERIFY(f.channel.closed);
    QCOMPARE(f.handler.cut, QByteArrayList{"one"});
    QCOMPARE(f.handler.begun(), QByteArrayList{"one"});
    QCOMPARE(f.channel.types(), (QByteArrayList{"response.created", "error", "error"}));
}

void ResponsesSessionTest::cancelsWhatRunsWhenTheClientLeaves()
{
    Fixture f;
    f.create("one", R"(,"stream_id":"left")");
    f.create("two", R"(,"stream_id":"right")");
    f.session.reset();
    std::ranges::sort(f.handler.cut);
    QCOMPARE(f.handler.cut, (QByteArrayList{"one", "two"}));
}

} // namespace lunargate::api

QTEST_GUILESS_MAIN(lunargate::api::ResponsesSessionTest)
#include "tst_responses_session.moc"
